"""Who may rate what: no level below, nobody's own interview twice."""

from __future__ import annotations

import pytest

from enrolment.models import Stage
from kernel.errors import Forbidden
from kernel.levels import Level
from people import mandates
from people.languages import Language
from people.mandates import NoMandate
from rubrics import marking
from rubrics.models import PerformanceKind, RaterRole


def performance_of(make, candidate=None):
    candidacy = make.candidacy(candidate, target_level=Level.C2, stage=Stage.MARKING)
    return make.performance(candidacy)


@pytest.mark.parametrize("role", list(RaterRole))
def test_a_b1_evaluator_opens_no_sheet_of_a_c2_candidate(db, make, role):
    low = make.evaluator(max_level=Level.B1, senior=True)
    with pytest.raises(Forbidden):
        marking.open_sheet(db, low.actor, performance_of(make), role)


def test_a_second_mark_is_by_somebody_who_never_met_the_person(db, make):
    candidate, evaluator = make.candidate(), make.evaluator()
    make.scoresheet(performance_of(make, candidate), evaluator)
    with pytest.raises(NoMandate, match=mandates.RATED):
        marking.open_sheet(db, evaluator.actor, performance_of(make, candidate), RaterRole.SECOND)
    sheet = marking.open_sheet(db, evaluator.actor, performance_of(make), RaterRole.SECOND)
    assert sheet.rater_id == evaluator.id


def test_only_a_senior_evaluator_adjudicates(db, make):
    performance = performance_of(make)
    with pytest.raises(NoMandate, match=mandates.NOT_SENIOR):
        marking.open_sheet(db, make.evaluator().actor, performance, RaterRole.ADJUDICATOR)
    senior = make.evaluator(senior=True)
    sheet = marking.open_sheet(db, senior.actor, performance, RaterRole.ADJUDICATOR)
    assert (sheet.rater_id, sheet.role) == (senior.id, RaterRole.ADJUDICATOR)


def test_a_benchmark_recording_asks_for_the_language_alone(db, make):
    benchmark = make.performance(kind=PerformanceKind.BENCHMARK)
    low, other = make.evaluator(max_level=Level.A1), make.evaluator(Language.DE)
    assert marking.open_sheet(db, low.actor, benchmark).rater_id == low.id
    with pytest.raises(Forbidden):
        marking.open_sheet(db, other.actor, benchmark)
