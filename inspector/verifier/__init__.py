"""Verifiers for strangers: they share no code with the engine, and lie beside every exported draw."""

from pathlib import Path

PROGRAM = Path(__file__).with_name("verify_draw.py")
"""The program that recomputes a bundle with Python's standard library alone."""
