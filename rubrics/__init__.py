"""The grid as data: the scale, the published rubrics, and the performances marked with them.

The scale, the published rubrics, performances and scoresheets. It does not know what an interview
is: a performance is whatever can be marked.
The evaluator's desk, second marking and the raters' statistics call it.
"""
