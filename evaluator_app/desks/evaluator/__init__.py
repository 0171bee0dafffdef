"""Evaluators: their interviews, the console, marking."""
