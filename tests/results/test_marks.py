"""Which marks count: by role, never by date; two that agree, two that do not, a third."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from enrolment import gates
from enrolment.models import Candidacy, GateKind, Stage
from kernel import clock
from kernel.levels import Level
from kernel.permissions import Actor
from results import inputs, marks, validation
from results.explanation import render
from results.marks import Awaited, Basis, Counted
from results.models import InputKind
from results.policy import DEFAULT
from results.verdict import read_step
from rooms import content_sets
from rooms.models import InterviewState
from rubrics import assignments, marking
from rubrics.library import grid
from rubrics.models import AssignmentReason, Performance, RaterRole, Scoresheet
from rubrics.scale import NOT_ASSESSABLE
from scheduling.models import AppointmentState
from written_test import recording

KEYS = grid().keys
FIRST, SECOND, ADJUDICATOR = RaterRole


def even(thirds: int, **other: int | str) -> dict[str, int | str]:
    return dict.fromkeys(KEYS, thirds) | other


# The rule alone


def test_without_a_second_rater_the_first_counts():
    assert marks.count(DEFAULT, {FIRST: even(12)}) == Counted(even(12), Basis.FIRST, (FIRST,))


def test_nothing_counts_before_the_first_has_submitted():
    assert marks.count(DEFAULT, {}) == Awaited(FIRST)
    assert marks.count(DEFAULT, {SECOND: even(12)}) == Awaited(FIRST)


def test_a_second_who_was_asked_is_waited_for():
    assert marks.count(DEFAULT, {FIRST: even(12)}, {SECOND}) == Awaited(SECOND)


def test_two_who_agree_give_the_mean_of_each_criterion():
    given = {FIRST: even(12), SECOND: even(13, fluency=14, grammar=12)}
    counted = marks.count(DEFAULT, given)
    half = Fraction(25, 2)
    expected = dict.fromkeys(KEYS, half) | {"fluency": 13, "grammar": 12}
    assert counted == Counted(expected, Basis.MEAN, (FIRST, SECOND))


@pytest.mark.parametrize(
    ("second", "agrees"),
    [
        (even(14), True),  # two thirds of a level apart overall
        (even(14, fluency=15), False),  # a little more
        (even(12, fluency=15), True),  # a level apart on one criterion
        (even(12, fluency=16), False),
        (even(12, fluency=NOT_ASSESSABLE), False),  # one could assess it, the other not
    ],
)
def test_where_agreement_ends(second, agrees):
    given = {FIRST: even(12), SECOND: second}
    assert isinstance(marks.count(DEFAULT, given), Counted) is agrees
    if not agrees:
        assert marks.count(DEFAULT, given) == Awaited(ADJUDICATOR)


def test_what_neither_could_assess_stays_so():
    blank = even(12, listening=NOT_ASSESSABLE)
    counted = marks.count(DEFAULT, {FIRST: blank, SECOND: blank})
    assert counted == Counted(blank, Basis.MEAN, (FIRST, SECOND))


def test_the_third_decides_whatever_the_two_said():
    given = {FIRST: even(9), SECOND: even(15), ADJUDICATOR: even(11)}
    assert marks.count(DEFAULT, given) == Counted(
        even(11), Basis.ADJUDICATED, (FIRST, SECOND, ADJUDICATOR)
    )
    agreed = {FIRST: even(12), SECOND: even(12)}
    assert marks.count(DEFAULT, agreed, {ADJUDICATOR}) == Awaited(ADJUDICATOR)


# In the house


def marked(db, make, performance: Performance, rater, thirds: int) -> Scoresheet:
    """Let somebody who is asked to rate submit a sheet."""
    sheet = marking.open_sheet(db, rater.actor, performance)
    db.flush()
    for key in KEYS:
        marking.set_mark(db, rater.actor, sheet, key, thirds=thirds, nothing_to_add=True)
    return marking.submit(db, rater.actor, sheet, comment="what was heard")


def awaiting(db, make, written: Level | None = Level.B2) -> tuple[Candidacy, Performance, Actor]:
    """A candidacy whose oral was held; its performance, and a coordinator."""
    candidacy, coordinator = make.candidacy(stage=Stage.MARKING), make.coordinator().actor
    interview = make.interview(make.appointment(candidacy), state=InterviewState.ENDED)
    if written is not None:
        recording.enter(db, coordinator, candidacy, written)
    return candidacy, interview.performance, coordinator


def ask(db, coordinator: Actor, performance: Performance, rater, role: RaterRole) -> None:
    reason = AssignmentReason.SAMPLE if role is SECOND else AssignmentReason.DISAGREEMENT
    assignments.assign(db, coordinator, performance, rater, role, reason)


def first_rater(performance: Performance):
    return performance.scoresheets[0].rater


def test_a_later_second_sheet_is_not_the_mark(db, make):
    candidacy, performance, coordinator = awaiting(db, make)
    first = marked(db, make, performance, first_rater(performance), 12)
    assert candidacy.stage is Stage.COMPLETE

    rater = make.evaluator()
    ask(db, coordinator, performance, rater, SECOND)
    assert candidacy.stage is Stage.MARKING
    assert inputs.gather(db, candidacy) is None

    clock.move(timedelta(hours=1))
    second = marked(db, make, performance, rater, 17)
    assert second.submitted_at > first.submitted_at
    assert marks.sheets_of(db, candidacy.id).by_role == {FIRST: first, SECOND: second}
    assert (candidacy.stage, inputs.gather(db, candidacy)) == (Stage.MARKING, None)
    assert gates.is_open(db, candidacy, GateKind.MARKS) is False


def test_a_third_decides_and_all_three_sheets_stand_by_the_verdict(db, make):
    candidacy, performance, coordinator = awaiting(db, make)
    raters = {
        FIRST: first_rater(performance),
        SECOND: make.evaluator(),
        ADJUDICATOR: make.evaluator(senior=True),
    }
    sheets = []
    for role, thirds in ((FIRST, 9), (SECOND, 15), (ADJUDICATOR, 12)):
        if role is not FIRST:
            ask(db, coordinator, performance, raters[role], role)
        sheets.append(marked(db, make, performance, raters[role], thirds))
    assert candidacy.stage is Stage.COMPLETE
    row = validation.validate(db, coordinator, candidacy)
    assert row.oral is Level.B2
    used = [(given.role, given.scoresheet_id) for given in row.used if given.scoresheet_id]
    assert used == [(sheet.role, sheet.id) for sheet in sheets]
    assert row.explanation[0] == {"code": "settled", "values": {"basis": "adjudicated"}}
    basis = [given.value for given in row.used if given.kind is InputKind.BASIS]
    assert basis == [Basis.ADJUDICATED]
    assert inputs.digest_anew(db, row) == row.digest


def test_the_mean_of_two_who_agree_is_validated_and_computed_anew(db, make):
    candidacy, performance, coordinator = awaiting(db, make)
    marked(db, make, performance, first_rater(performance), 10)
    rater = make.evaluator()
    ask(db, coordinator, performance, rater, SECOND)
    marked(db, make, performance, rater, 11)
    row = validation.validate(db, coordinator, candidacy)
    assert row.inputs["marks"] == dict.fromkeys(KEYS, "21/2")
    assert row.explanation[0] == {"code": "settled", "values": {"basis": "mean"}}
    steps = [read_step(step) for step in row.explanation]
    assert render(steps, "en", grid().names("en"))[0].startswith("Two evaluators")
    assert row.oral is Level.B2  # 10.5 thirds, half up
    assert inputs.digest_anew(db, row) == row.digest


def test_a_draft_correction_shuts_the_gate_and_its_submission_opens_it(db, make):
    candidacy, performance, coordinator = awaiting(db, make)
    sheet = marked(db, make, performance, first_rater(performance), 12)
    fresh = marking.reopen(db, coordinator, sheet, "a slip")
    assert candidacy.stage is Stage.MARKING
    assert gates.is_open(db, candidacy, GateKind.MARKS) is False
    marking.submit(db, first_rater(performance).actor, fresh)
    assert candidacy.stage is Stage.COMPLETE
    assert marks.sheets_of(db, candidacy.id).first is fresh


def test_marks_of_an_earlier_oral_do_not_count_for_the_one_to_come(db, make):
    candidacy, performance, _coordinator = awaiting(db, make, written=None)
    marked(db, make, performance, first_rater(performance), 12)
    assert gates.is_open(db, candidacy, GateKind.MARKS) is True
    performance_to_come = make.performance(candidacy)
    later = make.appointment(candidacy, starts_at=clock.now() + timedelta(days=2))
    db.add(
        made := marks.Interview(
            appointment=later,
            performance=performance_to_come,
            content_set=content_sets.published(db, "en-1"),
            room="r",
        )
    )
    db.flush()
    assignments.conduct(db, _coordinator, performance_to_come, later.evaluator_id)
    assert gates.is_open(db, candidacy, GateKind.MARKS) is False
    assert marks.sheets_of(db, candidacy.id).by_role == {}
    # Broken off or called off, it is not the oral that counts.
    later.state = AppointmentState.CANCELLED
    db.flush()
    assert list(marks.sheets_of(db, candidacy.id).by_role) == [FIRST]
    later.state, made.state = AppointmentState.HELD, InterviewState.ABORTED
    db.flush()
    assert list(marks.sheets_of(db, candidacy.id).by_role) == [FIRST]
