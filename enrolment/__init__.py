"""Who sits what: certifications on offer, candidates, candidacies with their stage and gates.

Instruments (written test, scheduling, proctor, rubrics) meet only through the gates kept here.
"""
