"""Candidates: their journey, equipment, waiting room, the oral, results."""
