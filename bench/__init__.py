"""Benchmarks that print figures: a JSON line each on standard output, progress on standard error.

Each module is one bench: `python -m bench.<name>`. Cases of a bench run interleaved, so that a
machine that slows down slows all of them.
"""
