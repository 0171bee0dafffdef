"""An evaluator who does not come, and what proves that a candidate did not."""

from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from query_count import counted
from sqlalchemy import select

from enrolment.models import Stage
from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from rooms import absence, incidents, joining, snapshot
from rooms.absence_proof import proof, was_absent
from rooms.models import DeviceClaim, InterviewState
from rooms.queries import of_appointment
from scheduling import reminders
from scheduling.announcing import personal_link, placed
from scheduling.models import AppointmentState, ChangeKind, Occupancy
from scheduling.queries import changes_of


def late(make, minutes: float = 2.1, **values):
    """An oral whose hour was some minutes ago."""
    starts_at = clock.now() - timedelta(minutes=minutes)
    return make.appointment(starts_at=starts_at, **values)


def there(db, interview, user) -> None:
    now = clock.now()
    db.add(
        DeviceClaim(
            interview_id=interview.id,
            user_id=user.id,
            device="a browser tab",
            claimed_at=now,
            seen_at=now,
        )
    )
    db.flush()


def missing(db) -> list[int]:
    return [interview.appointment.id for interview in absence.absent(db)]


def watch(db, database, settings) -> int:
    db.commit()
    count = absence.watch(database, settings)
    db.expire_all()
    return count


def letters(db, template: str = "evaluator_absent") -> list[str]:
    payloads = [row.payload for row in letterbox.queued(db)]
    return [letterbox.address(db, told) for told in payloads if told["template"] == template]


def mails(db) -> list[dict]:
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id))
    return [row.payload for row in rows]


def taken_back(db) -> list[tuple]:
    """Every letter's calendar file: what it asks of whom, of which appointment."""
    files = []
    for letter in mails(db):
        file = letter["calendar"] or dict.fromkeys(("method", "uid", "sequence"))
        told = (letter["template"], letterbox.address(db, letter))
        files.append((*told, file["method"], file["uid"], file["sequence"]))
    return files


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-1, False), (1.9, False), (2.1, True), (119, True), (121, False)]
)
def test_absent_from_two_minutes_after_the_start(db, make, minutes, expected):
    late(make, minutes)
    assert bool(missing(db)) is expected


def test_whoever_is_in_the_room_is_not_absent(db, make):
    made = late(make)
    interview = make.interview(made)
    assert missing(db) == [made.id]
    there(db, interview, made.evaluator)
    assert missing(db) == []


def test_an_open_room_without_candidate_is_no_absence_of_the_evaluator(db, make):
    made = late(make)
    interview = make.interview(made, state=InterviewState.OPEN, opened_at=made.starts_at)
    assert missing(db) == []
    interview.waiting_since = clock.now()
    db.flush()
    [missed] = absence.absent(db)
    assert missed.waiting_since == interview.waiting_since


def test_whoever_is_with_another_candidate_is_late(db, make):
    made = late(make)
    other = make.interview(
        make.appointment(evaluator=made.evaluator, starts_at=clock.now() - timedelta(hours=1)),
        state=InterviewState.RUNNING,
        waiting_since=clock.now(),
    )
    assert missing(db) == [made.id]
    there(db, other, made.evaluator)
    assert missing(db) == []


def test_the_coordinators_are_told_once(db, database, make, settings):
    late(make)
    first = make.coordinator()
    make.coordinator(active=False)
    assert watch(db, database, settings) == 1
    assert watch(db, database, settings) == 0
    assert letters(db) == [first.email]
    assert "plan" in db.scalars(select(LiveEvent.topic)).all()


def test_looking_costs_the_same_for_any_number(db, database, make):
    for _ in range(4):
        make.interview(late(make))
    db.commit()
    with counted(database.engine) as sent:
        missed = absence.absent(db)
        assert [interview.appointment.candidacy.candidate.name for interview in missed] == [
            "Camille Delaunay"
        ] * 4
    assert sent.count == 2


@pytest.mark.parametrize("opened", [False, True])
def test_a_candidate_set_free_books_anew_at_once(db, make, settings, opened):
    made, coordinator = late(make), make.coordinator().actor
    candidacy = made.candidacy
    if opened:
        make.interview(
            made,
            state=InterviewState.OPEN,
            opened_at=made.starts_at,
            waiting_since=made.starts_at,
        )
        candidacy.stage = Stage.IN_ORAL
    with pytest.raises(Invalid):
        absence.free(db, coordinator, settings, made, " ")
    with pytest.raises(Forbidden):
        absence.free(db, candidacy.candidate.user.actor, settings, made, "nobody")
    absence.free(db, coordinator, settings, made, "nobody came")
    interview = of_appointment(db, made.id)
    assert (interview.state, made.state) == (InterviewState.ABORTED, AppointmentState.CANCELLED)
    assert (candidacy.stage, candidacy.at_once) == (Stage.ENROLLED, True)
    assert db.scalars(select(Occupancy)).all() == []
    db.flush()
    assert taken_back(db) == [
        ("evaluator_released", made.evaluator.email, "CANCEL", made.uid, 1),
        ("oral_incident", candidacy.candidate.user.email, "CANCEL", made.uid, 1),
    ]
    letter = next(mail for mail in mails(db) if mail["template"] == "oral_incident")
    assert letter["context"]["kind"] == "evaluator_absent"
    assert letter["opens"]["to"] == f"/candidate/candidacies/{candidacy.id}/booking"
    [change] = changes_of(db, candidacy.id)
    assert (change.row.kind, change.row.reason) == (ChangeKind.CANCELLED, "evaluator_absent")
    state = snapshot.for_candidate(db, interview, clock.now()).sent()
    assert state["ended_by"] == "evaluator_absent"
    assert missing(db) == []
    with pytest.raises(Refused, match="reste tel quel"):
        absence.free(db, coordinator, settings, made, "again")


@pytest.mark.parametrize(
    ("began", "kind", "files"),
    [
        (False, "technical", [("evaluator_released", 3), ("oral_incident", 3)]),
        (True, "technical", [("oral_incident", None)]),
        (False, "other", [("oral_incident", None)]),
    ],
)
def test_a_failure_before_the_start_takes_the_hour_out_of_both_calendars(
    db, make, settings, began, kind, files
):
    made = late(make, sequence=2, reason="asked on the phone")
    interview = make.interview(
        made,
        state=InterviewState.RUNNING if began else InterviewState.OPEN,
        opened_at=made.starts_at,
        started_at=made.starts_at if began else None,
    )
    made.candidacy.stage = Stage.IN_ORAL
    who = made.evaluator.actor
    incidents.report(db, who, settings, interview, kind, "no sound", fatal=True)
    db.flush()
    assert [(file[0], file[4]) for file in taken_back(db)] == files
    asked = [(file[2], file[3]) for file in taken_back(db) if file[2]]
    assert asked == [("CANCEL", made.uid)] * (made.sequence - 2) * 2
    assert [mail["context"].get("reason", "") for mail in mails(db)] == [""] * len(files)


def test_nobody_is_set_free_while_the_evaluator_is_there(db, make, settings):
    made = late(make)
    there(db, make.interview(made), made.evaluator)
    with pytest.raises(Refused, match="reste tel quel"):
        absence.free(db, make.coordinator().actor, settings, made, "nobody")


@pytest.mark.parametrize("wanted", [False, True])
def test_where_it_is_wanted_the_candidate_is_freed_by_itself(db, database, make, settings, wanted):
    made = late(make, 9)
    settings = settings.model_copy(update={"free_when_evaluator_absent": wanted})
    watch(db, database, settings)
    assert made.state is AppointmentState.PLANNED
    clock.move(timedelta(minutes=1.1))
    watch(db, database, settings)
    watch(db, database, settings)
    assert (made.state is AppointmentState.CANCELLED) is wanted
    assert len(letters(db, "oral_incident")) == wanted


def test_the_waiting_room_says_that_somebody_looks_for_a_solution(db, make):
    interview = make.interview(late(make, 1))
    looks = [
        snapshot.for_candidate(db, interview, clock.now() + timedelta(minutes=more)).sent()[
            "evaluator"
        ]
        for more in (-2, 0, 2)
    ]
    assert [look["status"] for look in looks] == ["not_yet", "late", "absent"]


def test_an_absent_evaluator_is_not_what_an_evaluator_reports(db, make, settings):
    interview = make.interview(late(make), state=InterviewState.OPEN)
    who = interview.appointment.evaluator.actor
    with pytest.raises(Invalid):
        incidents.report(db, who, settings, interview, "evaluator_absent", "me", fatal=True)


def test_what_was_sent_pressed_and_logged_proves_an_absence(db, database, make, settings):
    made = make.appointment(starts_at=clock.now() + timedelta(hours=30))
    user = made.candidacy.candidate.user
    placed(db, settings, made)
    other = make.appointment(starts_at=made.starts_at)
    placed(db, settings, other)
    clock.move(timedelta(hours=7))
    db.commit()
    reminders.remind(database)
    confirmed = db.scalars(select(OutboxRow).order_by(OutboxRow.id)).first()
    confirmed.done_at = clock.now()
    token = personal_link(settings, made).rsplit("/", 1)[1]
    joining.come_in(db, settings, token)
    clock.move(timedelta(hours=23, minutes=11))
    interview = make.interview(made, state=InterviewState.OPEN, opened_at=made.starts_at)
    made.candidacy.stage = Stage.IN_ORAL
    who = made.evaluator.actor
    incidents.report(db, who, settings, interview, "candidate_absent", "nobody", fatal=False)
    db.flush()
    with counted(database.engine) as sent:
        evidence = proof(db, interview)
    assert sent.count <= 3  # the incidents are read with the interview where a page shows it
    assert [(invitation.template, invitation.address) for invitation in evidence.invitations] == [
        ("appointment_confirmed", user.email)
    ]
    assert evidence.invitations[0].sent_at == confirmed.done_at
    assert [(reminder.template, reminder.sent_at) for reminder in evidence.reminders] == [
        ("appointment_reminder", None)
    ]
    assert len(evidence.continued_at) == 1
    assert [entry.act for entry in evidence.room] == ["incident.report", "interview.abort"]
    assert was_absent(interview)
