"""Wires that leave the house: each connector is one file and one entry-point line, and sees only ports and domain."""
