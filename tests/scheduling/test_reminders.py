"""Reminders: which one is due when, once each, none for an hour that is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import letterbox
import pytest
from at_once import at_once
from hypothesis import given
from hypothesis import strategies as st
from query_count import counted
from sqlalchemy import select

from kernel import clock
from kernel.outbox import OutboxRow
from scheduling import placing, reminders
from scheduling.models import Appointment, AppointmentState

START = datetime(2026, 12, 15, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("booked", "now", "expected"),
    [
        (30 * 24, 7 * 24 + 1, None),
        (30 * 24, 7 * 24, 168),
        (30 * 24, 25, 168),
        (30 * 24, 24, 24),
        (30 * 24, 2, 24),
        (30 * 24, 1, 1),
        (30 * 24, 0, None),
        (6 * 24, 5 * 24, None),  # booked within the week: the week's reminder was past
        (6 * 24, 24, 24),
        (3, 2, None),
        (3, 1, 1),
        (0.5, 0.25, None),
    ],
)
def test_the_nearest_that_was_not_past_when_it_was_booked(booked, now, expected):
    assert reminders.due(START, START - booked * HOUR, START - now * HOUR) == expected


@given(st.integers(0, 40 * 24 * 60), st.integers(0, 40 * 24 * 60))
def test_each_is_due_from_its_moment_to_the_next(booked, later):
    since = START - timedelta(minutes=booked)
    now = min(START, since + timedelta(minutes=later))
    due = reminders.due(START, since, now)
    passed = [h for h in (168, 24, 1) if since <= START - h * HOUR <= now < START]
    nearest = [h for h in (168, 24, 1) if START - h * HOUR <= now < START]
    assert due == (passed[-1] if passed and passed[-1] == nearest[-1] else None)


def run(db, database, settings) -> list[tuple[str, int, str]]:
    """Run the job twice, as after a crash; return the letters it has queued so far."""
    db.commit()
    reminders.remind(database)
    reminders.remind(database)
    db.expire_all()
    return [
        (letter.to.email, letter.context["hours"], letter.locale)
        for letter in letterbox.written(db, settings)
        if letter.template == "appointment_reminder"
    ]


def booked(make, ahead: timedelta, **values) -> Appointment:
    return make.appointment(starts_at=clock.now() + ahead, **values)


def test_three_letters_and_no_more(db, database, make, settings):
    made = booked(make, timedelta(days=9))
    user = made.candidacy.candidate.user
    user.locale = "en"
    told = []
    for step in (1, 1.5, 5, 1, 0.4, 0.2, 1):
        clock.move(timedelta(days=step))
        told = run(db, database, settings)
    assert told == [(user.email, hours, "en") for hours in (168, 24)]


def test_an_hour_before(db, database, make, settings):
    made = booked(make, timedelta(hours=2))
    clock.move(timedelta(minutes=61))
    assert run(db, database, settings) == [(made.candidacy.candidate.user.email, 1, "fr")]
    row = db.scalars(select(OutboxRow)).one()
    assert row.payload["calendar"] is None
    assert row.payload["context"]["move_until"] == ""
    assert row.payload["opens"] == {"by": "personal_link", "appointment": made.id}


def test_no_reminder_of_an_hour_given_up(db, database, make, settings):
    made = booked(make, timedelta(hours=30))
    placing.cancel(db, make.coordinator().actor, settings, made, "ill")
    clock.move(timedelta(hours=10))
    assert run(db, database, settings) == []


def test_what_moves_is_reminded_of_anew(db, database, make, settings):
    made = booked(make, timedelta(days=3))
    clock.move(timedelta(days=2, hours=1))
    assert len(run(db, database, settings)) == 1
    later = clock.now() + timedelta(days=4)
    placing.move(db, make.coordinator().actor, settings, made, made.evaluator, later, "another day")
    assert len(run(db, database, settings)) == 1
    clock.move(timedelta(days=3, hours=1))
    assert [hours for _, hours, _ in run(db, database, settings)] == [24, 24]


def test_another_evaluator_is_no_reason_to_remind_again(db, database, make, settings):
    made = booked(make, timedelta(days=3))
    clock.move(timedelta(days=2, hours=1))
    run(db, database, settings)
    actor, other = make.coordinator().actor, make.evaluator()
    placing.move(db, actor, settings, made, other, made.starts_at, "flu")
    assert len(run(db, database, settings)) == 1


def test_two_jobs_at_once_tell_once(database, db, make, settings):
    number = booked(make, timedelta(hours=30)).id
    clock.move(timedelta(hours=10))
    db.commit()
    act = partial(reminders.remind_of, number=number)
    assert at_once(database, act, act, act) == ["done"] * 3
    assert len(run(db, database, settings)) == 1


def test_cancelled_while_it_is_reminded_of_it_is_told_in_order(database, db, make, settings):
    """Either the reminder came first, or there is none."""
    number, actor = booked(make, timedelta(hours=30)).id, make.coordinator().actor
    clock.move(timedelta(hours=10))
    db.commit()

    def cancel(session) -> None:
        placing.cancel(session, actor, settings, session.get_one(Appointment, number), "ill")

    remind = partial(reminders.remind_of, number=number)
    assert at_once(database, cancel, remind) == ["done", "done"]
    db.expire_all()
    assert db.get_one(Appointment, number).state is AppointmentState.CANCELLED
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    told = [row.payload["template"] for row in rows]
    assert told[-2:] == ["appointment_cancelled", "evaluator_released"]
    assert told[:-2] in ([], ["appointment_reminder"])


def test_looking_costs_the_same_for_any_number(database, db, make, settings):
    for day in range(1, 6):
        booked(make, timedelta(days=day))
    db.commit()
    with counted(database.engine) as sent:
        assert reminders.to_remind(db) == []
    assert sent.count == 1
    clock.move(timedelta(hours=25))
    db.rollback()
    with counted(database.engine) as sent:
        assert len(reminders.to_remind(db)) == 1
    assert sent.count == 2
