"""Signatures on what leaves the house."""
