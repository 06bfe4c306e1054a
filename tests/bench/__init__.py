"""Measurements, run by hand: `python -m tests.bench.work`, `.kills`, `.memory`. Nothing here is collected by pytest."""
