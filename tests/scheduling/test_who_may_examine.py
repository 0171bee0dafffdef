"""A B1 evaluator is there and free; no way leads a C2 candidate to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment import gates
from enrolment.models import GateKind
from kernel import clock
from kernel.errors import Refused
from kernel.levels import Level
from people.mandates import NoMandate
from scheduling import (
    appointments,
    availability,
    booking,
    changing,
    occupancy,
    placing,
    queries,
    waiting,
)
from scheduling.booking import SlotGone
from scheduling.models import ChangeKind

TOO_LOW = "Cet évaluateur est accrédité jusqu'au niveau B1 : l'oral vise le niveau C2."


@pytest.fixture
def low(make):
    """There all day, every day, and accredited up to B1."""
    return make.hours(make.evaluator(max_level=Level.B1))


@pytest.fixture
def candidacy(db, make):
    made = make.candidacy(target_level=Level.C2)
    gates.put(db, made, GateKind.WRITTEN_RESULT, is_open=True)
    return made


@pytest.fixture
def at():
    return (clock.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


def test_no_slot_is_theirs(db, candidacy, low):
    offered = availability.offer(db, candidacy, candidacy.window_start, candidacy.window_end)
    assert offered.starts() == []
    assert queries.evaluators_for(db, candidacy) == []


def test_a_slot_that_is_named_all_the_same_is_not_held(db, candidacy, low, at):
    with pytest.raises(SlotGone) as caught:
        booking.reserve(db, candidacy.candidate.user.actor, candidacy, at)
    assert caught.value.nearest == []


def test_placing_and_moving_by_hand_say_why_not(db, make, settings, candidacy, low, at):
    coordinator = make.coordinator().actor
    with pytest.raises(NoMandate, match=TOO_LOW):
        placing.place(db, coordinator, settings, candidacy, low, at)
    made = placing.place(db, coordinator, settings, candidacy, make.evaluator(), at)
    with pytest.raises(NoMandate, match=TOO_LOW):
        placing.move(db, coordinator, settings, made, low, at, "malade")


def test_an_oral_is_not_handed_over_to_them(db, make, settings, candidacy, low, at):
    evaluator = make.evaluator()
    coordinator = make.coordinator().actor
    made = placing.place(db, coordinator, settings, candidacy, evaluator, at)
    assert changing.colleagues(db, made) == []
    for to in (low, None):
        with pytest.raises(Refused, match="Aucun collègue"):
            changing.hand_over(db, evaluator.actor, settings, made, "malade", to)


def test_the_waiting_list_offers_nothing_of_theirs(db, settings, candidacy, low):
    row = waiting.join(db, candidacy.candidate.user.actor, candidacy)
    assert waiting.offer_next(db, row.id) is False


@pytest.mark.parametrize("moving", [False, True])
def test_what_was_held_is_not_confirmed_once_the_mandate_is_lost(
    db, make, settings, candidacy, at, moving
):
    actor = candidacy.candidate.user.actor
    if moving:
        coordinator = make.coordinator().actor
        placing.place(
            db, coordinator, settings, candidacy, make.evaluator(), at + timedelta(days=9)
        )
    evaluator = make.hours(make.evaluator())
    slot = availability.offer(db, candidacy, at, at + timedelta(days=1)).starts()[0]
    booking.reserve(db, actor, candidacy, slot)
    evaluator.accreditations[0].max_level = Level.B1
    db.flush()
    with pytest.raises(SlotGone):
        booking.confirm(db, actor, settings, candidacy, slot)
    colleague = make.hours(make.evaluator())
    assert booking.confirm(db, actor, settings, candidacy, slot).evaluator_id == colleague.id


def test_no_appointment_is_made_or_changed_around_the_rule(db, make, settings, candidacy, low, at):
    coordinator = make.coordinator().actor
    lasts = availability.length(candidacy)
    taken = occupancy.take(db, candidacy, low.id, at, at + lasts)
    with pytest.raises(NoMandate, match=TOO_LOW):
        appointments.make(db, coordinator, settings, candidacy, taken, lasts)
    occupancy.let_go(db, candidacy)
    made = placing.place(db, coordinator, settings, candidacy, make.evaluator(), at)
    with pytest.raises(NoMandate, match=TOO_LOW):
        appointments.change(db, coordinator, made, ChangeKind.HANDED_OVER, at, low, "malade")
