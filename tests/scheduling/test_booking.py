"""A candidate books, moves and gives up; evaluators are chosen; what is late stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from instants import at_twelve
from query_count import counted
from sqlalchemy import select

from enrolment import gates, window
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from people.models import Language
from scheduling import appointments, availability, booking, changing, occupancy
from scheduling.models import AppointmentChange, AppointmentState, ChangeKind, Occupancy

pytestmark = at_twelve  # whatever is counted in hours and days


@pytest.fixture
def candidacy(db, make):
    made = make.candidacy()
    gates.put(db, made, GateKind.WRITTEN_RESULT, is_open=True)
    return made


def week(db, candidacy, days: int = 8) -> availability.Offer:
    return availability.offer(db, candidacy, clock.now(), clock.now() + timedelta(days=days))


def first_free(db, candidacy) -> datetime:
    return week(db, candidacy).starts()[0]


def told(db, after: int = 0) -> list[tuple[str, str]]:
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id).offset(after))
    return [(row.payload["template"], row.payload["calendar"]["method"]) for row in rows]


def test_slots_begin_a_day_ahead_and_end_with_the_window(db, make, candidacy):
    make.hours(make.evaluator(), 9 * 60, 17 * 60)
    offered = availability.offer(
        db, candidacy, clock.now() - timedelta(days=9), clock.now() + timedelta(days=400)
    ).starts()
    assert offered[0] >= clock.now() + timedelta(hours=24)
    assert offered[-1] + timedelta(minutes=20) <= candidacy.window_end
    assert {start.minute for start in offered} == {0, 30}


def test_a_failure_of_ours_lets_somebody_book_at_once(db, make, candidacy):
    make.hours(make.evaluator())
    assert first_free(db, candidacy) >= clock.now() + timedelta(hours=24)
    window.hold_open(db, make.coordinator().actor, candidacy)
    assert first_free(db, candidacy) <= clock.now() + timedelta(hours=1)


def test_extra_time_lengthens_the_slot(db, make):
    candidacy = make.candidacy(time_factor=4 / 3)
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    make.hours(make.evaluator(), 9 * 60, 10 * 60)  # two orals, or one with a third more time
    slots = week(db, candidacy).slots
    assert set((slots[:, 2] - slots[:, 1]).tolist()) == {37 * 60}
    assert {start.astimezone(UTC).minute for start in week(db, candidacy).starts()} == {0}


@pytest.mark.parametrize("case", ["language", "level", "tie", "inactive", "met", "expired"])
def test_who_may_not_examine_is_not_offered(db, make, candidacy, case):
    evaluator = make.hours(
        make.evaluator(
            Language.DE if case == "language" else Language.EN,
            Level.B1 if case == "level" else Level.C2,
            active=case != "inactive",
        )
    )
    if case == "tie":
        make.tie(evaluator, candidacy.organisation)
    if case == "met":
        make.appointment(
            make.candidacy(candidate_id=candidacy.candidate_id),
            evaluator,
            clock.now() - timedelta(days=30),
            state=AppointmentState.HELD,
        )
    if case == "expired":
        evaluator.accreditations[0].valid_until = clock.now().date()
        db.flush()
    assert week(db, candidacy).starts() == []


def test_looking_costs_the_same_for_any_number_of_evaluators(db, database, make, candidacy):
    counts = []
    week(db, candidacy)  # what is read of the candidacy itself
    for _ in range(2):
        for zone in ("Europe/Paris", "Asia/Kolkata"):
            make.appointment(
                evaluator=make.hours(make.evaluator(timezone=zone)),
                starts_at=clock.now() + timedelta(days=len(counts) + 2),
            )
        db.flush()
        with counted(database.engine) as sent:
            assert week(db, candidacy).starts()
        counts.append(sent.count)
    assert counts == [6, 6]


def test_the_least_loaded_is_chosen(db, make, candidacy):
    busy, idle = make.hours(make.evaluator()), make.hours(make.evaluator())
    make.appointment(evaluator=busy, starts_at=clock.now() + timedelta(hours=30))
    kept = booking.reserve(db, candidacy.candidate.user.actor, candidacy, first_free(db, candidacy))
    assert kept.evaluator_id == idle.id


def test_a_full_day_offers_nothing_more(db, make, candidacy):
    evaluator = make.hours(make.evaluator(timezone="Europe/Paris"), 9 * 60, 17 * 60)
    make.agenda(evaluator, daily_most=1)
    first = first_free(db, candidacy)
    make.appointment(evaluator=evaluator, starts_at=first + timedelta(hours=1))
    assert week(db, candidacy).starts()[0] > first + timedelta(hours=12)


def test_a_slot_is_held_confirmed_and_told_once(db, make, settings, candidacy):
    evaluator, who = make.hours(make.evaluator()), candidacy.candidate.user.actor
    at = first_free(db, candidacy)
    booking.reserve(db, who, candidacy, at)
    other = make.candidacy()
    gates.put(db, other, GateKind.WRITTEN_RESULT, is_open=True)
    assert at not in week(db, other).starts()
    made = booking.confirm(db, who, settings, candidacy, at)
    assert (made.starts_at, made.evaluator_id, candidacy.stage) == (at, evaluator.id, Stage.BOOKED)
    assert told(db) == [("appointment_confirmed", "REQUEST"), ("evaluator_appointment", "REQUEST")]
    assert db.scalars(select(Occupancy.appointment_id)).all() == [made.id]


def test_a_hold_runs_out_and_is_taken_again_or_lost(db, make, settings, candidacy, monkeypatch):
    make.hours(make.evaluator())
    at, who = first_free(db, candidacy), candidacy.candidate.user.actor
    kept = booking.reserve(db, who, candidacy, at)
    kept.expires_at = clock.now()
    other = make.candidacy()
    gates.put(db, other, GateKind.WRITTEN_RESULT, is_open=True)
    booking.confirm(db, other.candidate.user.actor, settings, other, at)
    with pytest.raises(booking.SlotGone) as gone:
        booking.confirm(db, who, settings, candidacy, at)
    assert len(gone.value.nearest) == 3
    assert at not in gone.value.nearest
    assert candidacy.stage is Stage.ENROLLED
    assert booking.confirm(db, who, settings, candidacy, gone.value.nearest[0]).id


def test_another_slot_lets_the_first_go(db, make, candidacy):
    make.hours(make.evaluator())
    at, who = first_free(db, candidacy), candidacy.candidate.user.actor
    booking.reserve(db, who, candidacy, at)
    booking.reserve(db, who, candidacy, at + timedelta(minutes=30))
    assert at in week(db, candidacy).starts()
    booking.let_go(db, who, candidacy)
    assert occupancy.reserved(db, candidacy) is None


def test_moving_keeps_one_appointment_and_tells_each_once(db, make, settings, candidacy):
    make.hours(make.evaluator())
    who, at = candidacy.candidate.user.actor, clock.now() + timedelta(days=3)
    at = week(db, candidacy).nearest(at)[0]
    made = booking.confirm(db, who, settings, candidacy, at)
    later = at + timedelta(hours=2)
    assert booking.confirm(db, who, settings, candidacy, later) is made
    assert (made.starts_at, made.sequence) == (later, 1)
    assert told(db, 2) == [("appointment_moved", "REQUEST"), ("evaluator_appointment", "REQUEST")]
    assert at in week(db, candidacy).starts()
    assert len(db.scalars(select(Occupancy)).all()) == 1


def test_too_late_is_refused_and_force_majeure_is_the_organisations(db, make, settings, candidacy):
    evaluator = make.hours(make.evaluator())
    who, at = candidacy.candidate.user.actor, clock.now() + timedelta(hours=23)
    made = make.appointment(candidacy, evaluator, at)
    for act in (
        lambda: booking.confirm(db, who, settings, candidacy, at + timedelta(days=3)),
        lambda: booking.cancel(db, who, settings, made, "ill"),
        lambda: booking.reserve(db, who, candidacy, at + timedelta(days=3)),
    ):
        with pytest.raises(Refused, match="trop tard"):
            act()
    with pytest.raises(Forbidden):
        changing.force_majeure(db, make.manager().actor, settings, made, "hospital")
    manager = make.manager(candidacy.organisation).actor
    with pytest.raises(Invalid):
        changing.force_majeure(db, manager, settings, made, " ")
    changing.force_majeure(db, manager, settings, made, "hospital", "proofs/1")
    assert (made.state, candidacy.stage) == (AppointmentState.CANCELLED, Stage.ENROLLED)
    assert candidacy.at_once is False
    change = db.scalars(select(AppointmentChange)).one()
    assert (change.kind, change.document_key) == (ChangeKind.FORCE_MAJEURE, "proofs/1")
    assert told(db) == [("appointment_cancelled", "CANCEL"), ("evaluator_released", "CANCEL")]
    assert booking.reserve(db, who, candidacy, first_free(db, candidacy)).id


def test_a_candidate_gives_up_in_time(db, make, settings, candidacy):
    made = make.appointment(candidacy, starts_at=clock.now() + timedelta(days=2))
    booking.cancel(db, candidacy.candidate.user.actor, settings, made, "another date")
    assert appointments.current(db, candidacy) is None
    with pytest.raises(Forbidden):
        booking.cancel(db, make.candidacy().candidate.user.actor, settings, made, "mine")


def test_booking_waits_for_the_written_test_and_is_ones_own(db, make, settings):
    make.hours(make.evaluator())
    candidacy = make.candidacy()
    at = clock.now() + timedelta(days=2)
    with pytest.raises(Refused, match="test écrit"):
        booking.reserve(db, candidacy.candidate.user.actor, candidacy, at)
    with pytest.raises(Forbidden):
        booking.reserve(db, make.candidacy().candidate.user.actor, candidacy, at)


def test_a_colleague_takes_over_at_the_same_hour(db, make, settings, candidacy):
    first, second = make.hours(make.evaluator()), make.hours(make.evaluator())
    at = (clock.now() + timedelta(days=2)).replace(hour=10)  # hours that touch at midnight are two
    made = make.appointment(candidacy, first, at)
    tied = make.hours(make.evaluator())
    make.tie(tied, candidacy.organisation)
    assert changing.hand_over(db, first.actor, settings, made, "flu") is second
    assert (made.evaluator_id, made.sequence) == (second.id, 1)
    assert told(db) == [
        ("appointment_handed_over", "REQUEST"),
        ("evaluator_released", "CANCEL"),
        ("evaluator_appointment", "REQUEST"),
    ]
    with pytest.raises(Forbidden):
        changing.hand_over(db, first.actor, settings, made, "again")


def test_where_nobody_is_free_the_candidate_is_asked(db, make, settings, candidacy):
    first = make.hours(make.evaluator())
    made = make.appointment(candidacy, first, clock.now() + timedelta(hours=3))
    with pytest.raises(Refused, match="Aucun collègue"):
        changing.hand_over(db, first.actor, settings, made, "flu")
    changing.send_back(db, first.actor, settings, made, "flu")
    assert (made.state, candidacy.at_once) == (AppointmentState.CANCELLED, True)


def test_the_database_itself_refuses_two_at_once(db, make):
    evaluator, at = make.evaluator(), clock.now() + timedelta(days=2)
    candidacy, other = make.candidacy(), make.candidacy()
    end = at + timedelta(minutes=20)
    occupancy.take(db, candidacy, evaluator.id, at, end)
    with pytest.raises(occupancy.Taken):
        occupancy.take(
            db, other, evaluator.id, at + timedelta(minutes=29), end + timedelta(hours=1)
        )
    with pytest.raises(occupancy.Taken):
        occupancy.take(
            db, candidacy, make.evaluator().id, at - timedelta(minutes=5), at + timedelta(1)
        )
    again = occupancy.take(
        db, other, evaluator.id, at + timedelta(minutes=30), end + timedelta(minutes=30)
    )
    with pytest.raises(occupancy.Taken):
        occupancy.shift(db, again, evaluator.id, at, end)
    db.refresh(again)
    assert again.start_s == occupancy.seconds(at + timedelta(minutes=30))
