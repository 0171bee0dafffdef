"""The grid as data: the scale, the published rubrics, performances and scoresheets.

Not here: how marks become a level (`results.policy`), nor the interview itself (`rooms`): a
performance is whatever can be marked. The evaluator's desk, second marking and the raters'
statistics call it.
"""
