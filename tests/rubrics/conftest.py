"""A performance to mark, on either database, with the real permission table."""

from __future__ import annotations

import pytest

from enrolment.models import Stage
from tests.rubrics.marking_rows import Oral


@pytest.fixture
def oral(db, make) -> Oral:
    """Give an ended interview's performance, its candidacy waiting for marks."""
    organisation = make.organisation()
    candidacy = make.candidacy(organisation=organisation, stage=Stage.MARKING)
    performance, rater = make.performance(candidacy), make.evaluator()
    make.assignment(performance, rater)
    return Oral(
        db,
        performance,
        candidacy,
        rater=rater.actor,
        other=make.evaluator().actor,
        coordinator=make.coordinator().actor,
        candidate=candidacy.candidate.user.actor,
        manager=make.manager(organisation).actor,
    )
