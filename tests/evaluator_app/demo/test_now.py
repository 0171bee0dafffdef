"""At each start of the demo an oral starts now, whatever was booked meanwhile."""

from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.demo import cast, now
from evaluator_app.demo.stage import Stage
from kernel import clock
from scheduling import appointments, availability, booking, occupancy
from scheduling.announcing import personal_link
from scheduling.models import Appointment, Occupancy

pytestmark = on_sqlite


def overlaps(stage: Stage) -> list[tuple[int, int]]:
    rows = stage.db.scalars(select(Occupancy).order_by(Occupancy.start_s)).all()
    return [
        (row.id, other.id)
        for row in rows
        for other in rows
        if row.id < other.id
        and row.evaluator_id == other.evaluator_id
        and row.start_s < other.end_s
        and other.start_s < row.end_s
    ]


def free(stage: Stage, email: str) -> availability.Offer:
    candidacy = stage.candidacy(email)
    return availability.offer(stage.db, candidacy, *availability.bounds(candidacy))


def test_slots_are_free_on_every_weekday_and_not_with_whom_one_is_tied_to(stage):
    lea = free(stage, cast.CANDIDATE_BOOKING)
    assert {start.weekday() for start in lea.starts()} == {0, 1, 2, 3, 4}
    daniel = stage.user(cast.EVALUATOR2).id
    assert daniel in lea.slots[:, 0]
    assert daniel not in free(stage, cast.ELODIE.email).slots[:, 0]


def test_the_oral_that_starts_now_is_placed_again_at_the_next_start(stage, settings):
    first = now.prepare(stage.db, settings)
    clock.move(timedelta(days=2, hours=3))
    again = now.prepare(stage.db, settings)
    assert again.id == first.id
    assert abs(again.starts_at - clock.now()) < timedelta(minutes=2)
    assert overlaps(stage) == []


def test_the_link_is_the_one_that_the_candidate_got_by_mail(stage, settings):
    appointment = now.prepare(stage.db, settings)
    clock.move(timedelta(minutes=1))
    stage.db.flush()
    letters = letterbox.written(stage.db, settings)
    rows = letterbox.queued(stage.db)
    mailed = [
        letter.context["link"]
        for letter, row in zip(letters, rows, strict=True)
        if (row.payload["calendar"] or {}).get("uid") == appointment.uid
    ]
    assert personal_link(settings, appointment) in mailed


def test_whoever_booked_the_hour_meanwhile_makes_way(stage, settings):
    now.prepare(stage.db, settings)
    lea, sarah = stage.candidacy(cast.CANDIDATE_BOOKING), stage.user(cast.EVALUATOR).id
    slots = free(stage, cast.CANDIDATE_BOOKING).slots
    start = occupancy.moment_of(int(slots[slots[:, 0] == sarah][0, 1]))
    taken = occupancy.take(stage.db, lea, sarah, start, start + timedelta(minutes=20))
    who = lea.candidate.user.actor
    appointments.make(stage.db, who, settings, lea, taken, timedelta(minutes=20))
    clock.move(start + timedelta(minutes=10) - clock.now())
    appointment = now.prepare(stage.db, settings)
    assert abs(appointment.starts_at - clock.now()) < timedelta(minutes=2)
    moved = appointments.current(stage.db, lea)
    assert moved.starts_at >= clock.now() + timedelta(hours=23)
    assert overlaps(stage) == []


def test_what_somebody_only_looks_at_makes_way_as_well(stage, settings):
    now.prepare(stage.db, settings)
    lea, sarah = stage.candidacy(cast.CANDIDATE_BOOKING), stage.user(cast.EVALUATOR).id
    slots = free(stage, cast.CANDIDATE_BOOKING).slots
    start = occupancy.moment_of(int(slots[slots[:, 0] == sarah][0, 1]))
    until = start + timedelta(hours=1)
    occupancy.take(stage.db, lea, sarah, start, start + timedelta(minutes=20), until=until)
    clock.move(start - timedelta(minutes=5) - clock.now())
    now.prepare(stage.db, settings)
    assert occupancy.reserved(stage.db, lea) is None
    assert booking.may_choose(stage.db, lea) is None
    assert (
        stage.db.scalars(select(Appointment).where(Appointment.candidacy_id == lea.id)).all() == []
    )


@pytest.mark.parametrize("language", cast.ORALS_NOW)
def test_an_oral_starts_now_in_each_of_three_languages(stage, settings, language):
    made = now.prepare(stage.db, settings, language)
    assert made.candidacy.certification.language is language
    assert made.evaluator.email == cast.ORALS_NOW[language].evaluator
    assert made.starts_at == stage.now.replace(second=0, microsecond=0)
    assert overlaps(stage) == []


def test_the_oral_that_starts_now_was_booked_by_its_candidate(stage):
    made = now.prepare(stage.db, stage.settings)
    assert made.created_by_id == made.candidacy.candidate.user_id
    assert (made.evaluator.email, made.sequence) == (cast.EVALUATOR, 1)
    assert made.starts_at == stage.now.replace(second=0, microsecond=0)
    assert now.prepare(stage.db, stage.settings) is made
    assert overlaps(stage) == []
