"""Who may rate what: no level below, nobody's own interview twice, nobody who was not asked."""

from __future__ import annotations

import pytest

from enrolment.models import Stage
from kernel.errors import Forbidden
from kernel.levels import Level
from people import mandates
from people.languages import Language
from people.mandates import NoMandate
from rubrics import assignments, marking
from rubrics.models import AssignmentReason, PerformanceKind, RaterRole

OTHERS = (RaterRole.SECOND, RaterRole.ADJUDICATOR)


def performance_of(make, candidate=None):
    candidacy = make.candidacy(candidate, target_level=Level.C2, stage=Stage.MARKING)
    return make.performance(candidacy)


def ask(db, make, performance, rater, role=RaterRole.SECOND, reason=AssignmentReason.SAMPLE):
    return assignments.assign(db, make.coordinator().actor, performance, rater, role, reason)


def test_a_b1_evaluator_opens_no_sheet_of_a_c2_candidate(db, make):
    low, performance = make.evaluator(max_level=Level.B1), performance_of(make)
    make.assignment(performance, low)
    with pytest.raises(Forbidden):
        marking.open_sheet(db, low.actor, performance)


@pytest.mark.parametrize("role", OTHERS)
def test_a_b1_evaluator_is_not_asked_to_rate_a_c2_candidate(db, make, role):
    low = make.evaluator(max_level=Level.B1, senior=True)
    with pytest.raises(NoMandate):
        ask(db, make, performance_of(make), low, role)


def test_a_second_mark_is_by_somebody_who_never_met_the_person(db, make):
    candidate, evaluator = make.candidate(), make.evaluator()
    make.scoresheet(performance_of(make, candidate), evaluator)
    with pytest.raises(NoMandate, match=mandates.RATED):
        ask(db, make, performance_of(make, candidate), evaluator)
    performance = performance_of(make)
    ask(db, make, performance, evaluator)
    assert marking.open_sheet(db, evaluator.actor, performance).role is RaterRole.SECOND


def test_whoever_conducts_does_not_second_mark_though_they_wrote_nothing_yet(db, make):
    performance, evaluator = performance_of(make), make.evaluator()
    make.assignment(performance, evaluator)
    with pytest.raises(NoMandate, match=mandates.RATED):
        ask(db, make, performance, evaluator)


def test_only_a_senior_evaluator_adjudicates(db, make):
    performance = performance_of(make)
    with pytest.raises(NoMandate, match=mandates.NOT_SENIOR):
        ask(db, make, performance, make.evaluator(), RaterRole.ADJUDICATOR)
    senior = make.evaluator(senior=True)
    ask(db, make, performance, senior, RaterRole.ADJUDICATOR)
    sheet = marking.open_sheet(db, senior.actor, performance)
    assert (sheet.rater_id, sheet.role) == (senior.id, RaterRole.ADJUDICATOR)


def test_a_benchmark_recording_asks_for_the_language_alone(db, make):
    benchmark = make.performance(kind=PerformanceKind.BENCHMARK)
    low, second = make.evaluator(max_level=Level.A1), make.evaluator(max_level=Level.A1)
    for rater in (low, second):
        ask(db, make, benchmark, rater, RaterRole.FIRST, AssignmentReason.CALIBRATION)
        assert marking.open_sheet(db, rater.actor, benchmark).rater_id == rater.id
    with pytest.raises(NoMandate, match=mandates.OTHER_LANGUAGE):
        ask(db, make, benchmark, make.evaluator(Language.DE))
