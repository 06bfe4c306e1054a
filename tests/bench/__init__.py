"""Measurements, run by hand: `python -m tests.bench.work`, `.kills`, `.memory`, `.draw`. Nothing here is collected by pytest."""
