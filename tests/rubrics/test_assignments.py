"""Who rates what, in which role, until when: asked, replaced, withdrawn, handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from enrolment.models import Stage
from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from rubrics import assignments, marking, queries
from rubrics.models import (
    Assignment,
    AssignmentReason,
    RaterRole,
    Scoresheet,
    SheetState,
)
from tests.rubrics.marking_rows import Oral

SAMPLE = AssignmentReason.SAMPLE


def rows(oral: Oral) -> list[tuple[int, RaterRole, bool]]:
    """Every assignment of the oral: whose, in which role, whether it stands."""
    query = select(Assignment).where(Assignment.performance_id == oral.performance.id)
    kept = oral.db.scalars(query.order_by(Assignment.id))
    return [(row.rater_id, row.role, row.stands) for row in kept]


def second(oral: Oral, make, **more) -> Assignment:
    rater = make.evaluator()
    return assignments.assign(
        oral.db, oral.coordinator, oral.performance, rater, RaterRole.SECOND, SAMPLE, **more
    )


def test_an_assignment_says_who_in_which_role_why_and_until_when(oral: Oral, make) -> None:
    due = clock.now() + timedelta(days=3)
    row = second(oral, make, note=" the sound failed once ", due_at=due)
    assert (row.role, row.reason, row.note, row.due_at) == (
        RaterRole.SECOND,
        SAMPLE,
        "the sound failed once",
        due,
    )
    assert (row.assigned_by_id, row.stands) == (oral.coordinator.user_id, True)


def test_only_the_certifier_asks(oral: Oral, make) -> None:
    rater = make.evaluator()
    for outsider in (oral.rater, oral.manager, oral.candidate):
        with pytest.raises(Forbidden):
            assignments.assign(oral.db, outsider, oral.performance, rater, RaterRole.SECOND, SAMPLE)


def test_one_person_at_a_time_has_a_role(oral: Oral, make) -> None:
    second(oral, make)
    with pytest.raises(Refused):
        second(oral, make)
    row = {"performance_id": oral.performance.id, "assigned_at": clock.now(), "reason": SAMPLE}
    oral.db.add(Assignment(rater_id=make.evaluator().id, role=RaterRole.SECOND, **row))
    with pytest.raises(IntegrityError):
        oral.db.flush()


def test_a_sheet_cannot_be_of_another_role_than_its_assignment(oral: Oral, make) -> None:
    row = second(oral, make)
    oral.db.add(
        Scoresheet(
            assignment_id=row.id,
            performance_id=row.performance_id,
            rater_id=row.rater_id,
            role=RaterRole.FIRST,
            created_at=clock.now(),
        )
    )
    with pytest.raises(IntegrityError):
        oral.db.flush()


def test_whoever_is_replaced_marks_no_more_and_both_rows_are_kept(oral: Oral, make) -> None:
    before = second(oral, make)
    former = before.rater
    sheet = marking.open_sheet(oral.db, former.actor, oral.performance)
    oral.db.flush()
    rater = make.evaluator()
    after = assignments.replace(oral.db, oral.coordinator, before, rater, "ill")
    assert (after.replaces_id, after.reason, before.withdrawn_reason) == (before.id, SAMPLE, "ill")
    assert rows(oral) == [
        (oral.rater.user_id, RaterRole.FIRST, True),
        (former.id, RaterRole.SECOND, False),
        (rater.id, RaterRole.SECOND, True),
    ]
    with pytest.raises(Forbidden):
        marking.open_sheet(oral.db, former.actor, oral.performance)
    with pytest.raises(Forbidden):
        marking.set_mark(oral.db, former.actor, sheet, "fluency", thirds=9)


def test_what_is_withdrawn_is_not_awaited_any_more(oral: Oral, make) -> None:
    row = second(oral, make)
    assert queries.awaited(oral.db, oral.performance.id) == {RaterRole.FIRST, RaterRole.SECOND}
    with pytest.raises(Invalid):
        assignments.withdraw(oral.db, oral.coordinator, row, "  ")
    assignments.withdraw(oral.db, oral.coordinator, row, "asked by mistake")
    moment = row.withdrawn_at
    assignments.withdraw(oral.db, oral.coordinator, row, "twice")
    assert (row.withdrawn_at, row.withdrawn_reason) == (moment, "asked by mistake")
    assert queries.awaited(oral.db, oral.performance.id) == {RaterRole.FIRST}


def test_a_submitted_second_sheet_is_not_made_to_vanish(oral: Oral, make) -> None:
    row = second(oral, make)
    sheet = marking.open_sheet(oral.db, row.rater.actor, oral.performance)
    sheet.state = SheetState.SUBMITTED
    oral.db.flush()
    with pytest.raises(Refused):
        assignments.withdraw(oral.db, oral.coordinator, row, "too severe")
    with pytest.raises(Refused):
        assignments.replace(oral.db, oral.coordinator, row, make.evaluator(), "too severe")


def test_whoever_conducts_is_changed_with_the_interview_alone(oral: Oral) -> None:
    row = assignments.of_rater(oral.db, oral.performance.id, oral.rater.user_id)
    with pytest.raises(Refused):
        assignments.withdraw(oral.db, oral.coordinator, row, "somebody else")


def test_validated_results_are_not_marked_again(oral: Oral, make) -> None:
    oral.candidacy.stage = Stage.VALIDATED
    with pytest.raises(Refused):
        second(oral, make)


def test_an_interview_handed_over_and_back_begins_with_an_empty_sheet(oral: Oral) -> None:
    opened = marking.open_sheet(oral.db, oral.rater, oral.performance)
    oral.db.flush()
    for evaluator in (oral.other, oral.other, oral.rater):
        assignments.conduct(oral.db, oral.coordinator, oral.performance, evaluator.user_id)
    assert rows(oral) == [
        (oral.rater.user_id, RaterRole.FIRST, False),
        (oral.other.user_id, RaterRole.FIRST, False),
        (oral.rater.user_id, RaterRole.FIRST, True),
    ]
    again = marking.open_sheet(oral.db, oral.rater, oral.performance)
    oral.db.flush()
    assert (again.id == opened.id, again.version, again.assignment.stands) == (False, 1, True)
