"""The grid as data: the scale, the published rubrics, and the performances marked with them.

Not here: how marks become a level (`results.policy`, `results.verdict`), nor the interview itself (`rooms`).
The evaluator's desk, second marking and the raters' statistics call it.
"""
