"""A risk asks for a second marking, somebody eligible gets it, two that differ get a third."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from people import mandates
from results import inputs, rating, rating_letters, second_marking, tasks
from results.marks import Basis
from results.tasks import TaskKind
from rooms.models import Interview, InterviewState, Recording, RecordingState
from rubrics import assignments
from rubrics.models import AssignmentReason, Mode, RaterRole
from tests.results.test_marks import marked
from written_test import recording

ON = ["boundary", "discrepancy", "incident"]
NEAR, FAR = 11, 12
FIRST, SECOND, ADJUDICATOR = RaterRole


def being_prepared(interview: Interview) -> Recording:
    return Recording(
        interview_id=interview.id,
        name=f"r{interview.id}",
        started_at=clock.now(),
        state=RecordingState.MUXING,
    )


class Oral:
    """An oral that was held and recorded; its marks are awaited."""

    def __init__(self, db, make, *, written: Level | None = Level.B2, on=ON, recorded=True) -> None:
        self.db, self.make = db, make
        certification = make.certification(second_for=on)
        self.candidacy = make.candidacy(stage=Stage.MARKING, certification=certification)
        self.interview = make.interview(
            make.appointment(self.candidacy), state=InterviewState.ENDED
        )
        self.performance = self.interview.performance
        self.evaluator = self.interview.appointment.evaluator
        self.coordinator = make.coordinator().actor
        if recorded:
            db.add(being_prepared(self.interview))
        if written is not None:
            recording.enter(db, self.coordinator, self.candidacy, written)
        db.flush()

    def mark(self, thirds: int, rater=None) -> None:
        marked(self.db, self.make, self.performance, rater or self.evaluator, thirds)

    def asked(self, role: RaterRole = SECOND):
        return assignments.in_role(self.db, self.performance.id, role)

    def tasks(self) -> set[TaskKind]:
        return tasks.of_candidacy(self.db, self.candidacy.id)


def letters(db) -> list[tuple[str, int]]:
    rows = db.query(OutboxRow).filter(OutboxRow.kind == "mail").order_by(OutboxRow.id)
    return [
        (row.payload["template"], row.payload["user"])
        for row in rows
        if row.payload["template"].startswith("rating_")
    ]


def test_far_from_the_boundary_nobody_else_is_asked(db, make):
    oral = Oral(db, make)
    make.evaluator()
    oral.mark(FAR)
    assert (oral.candidacy.stage, oral.asked()) == (Stage.COMPLETE, None)
    assert second_marking.of_performance(db, oral.performance.id) is None


def test_near_it_somebody_is_asked_by_the_platform(db, make):
    oral, other = Oral(db, make), make.evaluator()
    oral.mark(NEAR)
    row = oral.asked()
    assert (row.rater_id, row.reason, row.mode) == (
        other.id, AssignmentReason.BOUNDARY, Mode.RECORDED,
    )  # fmt: skip
    assert (row.due_at - row.assigned_at).total_seconds() == pytest.approx(5 * 86400, abs=5)
    assert (oral.candidacy.stage, inputs.gather(db, oral.candidacy)) == (Stage.MARKING, None)
    assert oral.tasks() == {TaskKind.RATING}
    [risk] = second_marking.of_performance(db, oral.performance.id).risks
    assert risk == {
        "reason": "boundary",
        "facts": {"value": "11", "boundary": "21/2", "target": "B2"},
    }
    assert letters(db) == [("rating_asked", other.id)]
    [entry] = db.query(AuditEntry).filter(AuditEntry.act == "second_marking.ask")
    assert (entry.actor_id, entry.data) == (None, {"reasons": ["boundary"]})

    oral.mark(NEAR, other)
    assert (oral.candidacy.stage, oral.tasks()) == (Stage.COMPLETE, {TaskKind.TO_VALIDATE})
    assert inputs.gather(db, oral.candidacy).counted.basis is Basis.MEAN


def test_whoever_has_least_to_do_is_asked_and_seniors_last(db, make):
    senior, busy, free = make.evaluator(senior=True), make.evaluator(), make.evaluator()
    earlier = make.performance(make.candidacy())
    make.assignment(earlier, busy, SECOND)
    oral = Oral(db, make)
    tied = make.evaluator()
    make.tie(tied, oral.candidacy.organisation)
    make.evaluator(max_level=Level.A2)
    expected = [(free.id, 0), (busy.id, 1), (senior.id, 0)]
    for _ in range(2):
        known = rating.choices(db, oral.performance, SECOND)
        assert [(choice.rater.id, choice.load) for choice in known] == expected
    thirds = rating.choices(db, oral.performance, ADJUDICATOR)
    assert [choice.rater.id for choice in thirds] == [senior.id]


def test_nobody_can_and_the_queue_says_so(db, make):
    oral = Oral(db, make)
    tied = make.evaluator()
    make.tie(tied, oral.candidacy.organisation)
    oral.mark(NEAR)
    assert (oral.asked(), oral.candidacy.stage) == (None, Stage.MARKING)
    assert gates.is_open(db, oral.candidacy, GateKind.MARKS) is False
    assert oral.tasks() == {TaskKind.RATER_MISSING}
    assert rating.obstacle(db, oral.performance, SECOND) == mandates.TIED


def test_an_oral_without_a_recording_waits_for_a_coordinator(db, make):
    oral = Oral(db, make, recorded=False)
    rater = make.evaluator()
    oral.mark(NEAR)
    assert (oral.asked(), oral.tasks()) == (None, {TaskKind.RATER_MISSING})
    assert rating.obstacle(db, oral.performance, SECOND) == rating.NO_RECORDING
    with pytest.raises(Refused):
        second_marking.ask(db, oral.coordinator, oral.candidacy, rater, "")
    second_marking.give_up(db, oral.coordinator, oral.candidacy, "l'enregistrement est perdu")
    assert (oral.candidacy.stage, oral.tasks()) == (Stage.COMPLETE, {TaskKind.TO_VALIDATE})


@pytest.mark.parametrize("reason", ["rater", "sample"])
def test_what_only_watches_raters_is_asked_for_where_somebody_can(db, make, reason):
    alone = Oral(db, make, on=[reason])
    alone.candidacy.certification.second_share = 100
    alone.mark(FAR)
    assert (alone.candidacy.stage, alone.asked()) == (Stage.COMPLETE, None)
    accompanied = Oral(db, make, on=[reason])
    accompanied.candidacy.certification.second_share = 100
    other = make.evaluator()
    accompanied.mark(FAR)
    assert accompanied.candidacy.stage is Stage.MARKING
    assert accompanied.asked().reason is AssignmentReason(reason)
    assert accompanied.asked().rater_id in {other.id, alone.evaluator.id}


def test_the_written_level_that_comes_later_may_be_the_reason(db, make):
    oral, other = Oral(db, make, written=None), make.evaluator()
    oral.mark(FAR)
    assert oral.asked() is None
    recording.enter(db, oral.coordinator, oral.candidacy, Level.C2)
    assert oral.asked().reason is AssignmentReason.DISCREPANCY
    assert oral.candidacy.stage is Stage.MARKING
    oral.mark(FAR, other)
    assert oral.candidacy.stage is Stage.COMPLETE


def test_a_corrected_level_takes_a_complete_candidacy_back(db, make):
    oral = Oral(db, make)
    make.evaluator()
    oral.mark(FAR)
    assert oral.candidacy.stage is Stage.COMPLETE
    recording.enter(db, oral.coordinator, oral.candidacy, Level.A2, "a slip")
    assert (oral.candidacy.stage, oral.asked().role) == (Stage.MARKING, SECOND)


def test_two_that_differ_go_to_a_senior(db, make):
    other, senior = make.evaluator(), make.evaluator(senior=True)
    oral = Oral(db, make)
    oral.mark(NEAR)
    assert oral.asked().rater_id == other.id
    oral.mark(16, other)
    third = oral.asked(ADJUDICATOR)
    assert (third.rater_id, third.reason) == (senior.id, AssignmentReason.DISAGREEMENT)
    assert oral.tasks() == {TaskKind.RATING}
    assert letters(db) == [("rating_asked", other.id), ("rating_asked", senior.id)]
    clock.move(timedelta(days=6))
    assert oral.tasks() == {TaskKind.RATING_OVERDUE}
    oral.mark(12, senior)
    assert (oral.candidacy.stage, oral.tasks()) == (Stage.COMPLETE, {TaskKind.TO_VALIDATE})
    assert inputs.gather(db, oral.candidacy).counted.basis is Basis.ADJUDICATED


def test_without_a_senior_the_queue_says_so(db, make):
    other = make.evaluator()
    oral = Oral(db, make)
    oral.mark(NEAR)
    make.evaluator()
    oral.mark(16, other)
    assert (oral.asked(ADJUDICATOR), oral.tasks()) == (None, {TaskKind.RATER_MISSING})
    assert rating.obstacle(db, oral.performance, ADJUDICATOR) == mandates.NOT_SENIOR


def test_whoever_knows_the_person_gives_it_back_and_another_is_asked(db, make):
    first, second = make.evaluator(), make.evaluator()
    oral = Oral(db, make)
    oral.mark(NEAR)
    given = oral.asked()
    assert given.rater_id == first.id
    with pytest.raises(Forbidden):
        second_marking.recuse(db, second.actor, given)
    second_marking.recuse(db, first.actor, given, "ancienne collègue")
    assert given.withdrawn_reason == "connaît la personne; ancienne collègue"
    assert oral.asked().rater_id == second.id
    # Asked once, never again.
    second_marking.recuse(db, second.actor, oral.asked())
    assert (oral.asked(), oral.tasks()) == (None, {TaskKind.RATER_MISSING})
    assert rating.obstacle(db, oral.performance, SECOND) == rating.ALL_ASKED
    acts = db.query(AuditEntry.act, AuditEntry.actor_id).filter(
        AuditEntry.act == "assignment.recuse"
    )
    assert acts.order_by(AuditEntry.id).all() == [
        ("assignment.recuse", first.id),
        ("assignment.recuse", second.id),
    ]


def test_a_coordinator_asks_replaces_and_gives_up(db, make):
    first, second = make.evaluator(), make.evaluator()
    oral = Oral(db, make)
    oral.mark(FAR)
    with pytest.raises(Invalid):
        second_marking.ask(db, oral.coordinator, oral.candidacy, first, " ")
    with pytest.raises(Forbidden):
        second_marking.ask(db, first.actor, oral.candidacy, first, "je veux")
    row = second_marking.ask(db, oral.coordinator, oral.candidacy, first, "un doute")
    assert (row.reason, oral.candidacy.stage) == (AssignmentReason.COORDINATOR, Stage.MARKING)
    with pytest.raises(Refused):
        second_marking.ask(db, oral.coordinator, oral.candidacy, second, "encore")
    second_marking.replace(db, oral.coordinator, row, second, "malade")
    assert oral.asked().rater_id == second.id
    second_marking.give_up(db, oral.coordinator, oral.candidacy, "le doute est levé")
    assert (oral.asked(), oral.candidacy.stage) == (None, Stage.COMPLETE)
    assert letters(db) == [
        ("rating_asked", first.id),
        ("rating_released", first.id),
        ("rating_asked", second.id),
        ("rating_released", second.id),
    ]
    # What was given up is not asked for again by itself, whatever changes.
    recording.enter(db, oral.coordinator, oral.candidacy, Level.C2, "a slip")
    assert (oral.asked(), oral.candidacy.stage) == (None, Stage.COMPLETE)


def test_what_nobody_could_do_is_done_by_whoever_comes(db, make, database):
    oral = Oral(db, make)
    oral.mark(NEAR)
    db.commit()
    assert second_marking.appoint_waiting(database) == 0
    later = make.evaluator()
    db.commit()
    assert second_marking.appoint_waiting(database) == 1
    assert second_marking.appoint_waiting(database) == 0
    db.expire_all()
    assert oral.asked().rater_id == later.id


def test_a_reminder_leaves_once_two_days_before(db, make, database):
    oral, other = Oral(db, make), make.evaluator()
    oral.mark(NEAR)
    db.commit()
    assert rating_letters.remind(database) == 0
    clock.move(timedelta(days=3, minutes=1))
    assert [rating_letters.remind(database) for _ in range(2)] == [1, 0]
    db.expire_all()
    assert letters(db)[-1] == ("rating_reminder", other.id)


@pytest.mark.parametrize(
    ("widths", "mode"),
    [([640], Mode.RECORDED), ([0, 640], Mode.RECORDED), ([0], Mode.SOUND), ([], Mode.RECORDED)],
)
def test_a_lost_picture_is_marked(widths, mode):
    segments = [{"role": "candidate", "width": width} for width in widths]
    manifest = {"segments": [*segments, {"role": "evaluator", "width": 640}]}
    assert rating.mode_of([manifest]) is mode
