"""Parties and ceremonies that contribute to a seed."""
