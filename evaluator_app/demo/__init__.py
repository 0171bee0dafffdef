"""The demo: an invented installation on one machine, with people, orals and results to look at.

`viva demo` alone calls it. Nothing in here runs in an installation that serves.
"""
