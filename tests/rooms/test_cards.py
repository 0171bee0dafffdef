"""Which card is dealt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import LEVELS, Level
from kernel.permissions import SYSTEM
from rooms import cards
from rooms.cards import GENERAL, Choice, choose_card
from rooms.models import Card, CardUse, InterviewState

CHOICES = st.lists(
    st.builds(
        Choice,
        id=st.integers(1, 60),
        code=st.integers(1, 60).map(str),
        level=st.sampled_from(LEVELS),
        field=st.sampled_from([GENERAL, "sales", "it"]),
    ),
    unique_by=(lambda choice: choice.id, lambda choice: choice.code),
)


@given(
    CHOICES,
    st.sampled_from(LEVELS),
    st.sets(st.integers(1, 60).map(str)),
    st.dictionaries(st.integers(1, 60).map(str), st.integers(0, 9)),
)
def test_the_card_dealt_is_the_right_one(choices, level, seen, uses):
    card = choose_card(choices, level, "sales", seen, uses)
    fresh = [card for card in choices if card.level == level and card.code not in seen]
    own = [card for card in fresh if card.field == "sales"]
    general = [card for card in fresh if card.field == GENERAL]
    if card is None:
        assert own + general == []
        return
    among = own or general
    assert card in among
    turns = {other.id: (uses.get(other.code, 0), other.id) for other in among}
    assert all(turns[card.id] <= turn for turn in turns.values())


def test_the_order_of_the_rows_does_not_matter():
    rows = [Choice(number, str(number), Level.B1, GENERAL) for number in (3, 1, 2)]
    assert choose_card(rows, Level.B1, "it", set(), {"1": 1}) == rows[2]
    assert choose_card(rows[::-1], Level.B1, "it", set(), {"1": 1}) == rows[2]


@pytest.fixture
def running(db, make):
    interview = make.interview(state=InterviewState.RUNNING, part=2)
    interview.appointment.candidacy.field = "sales"
    db.flush()
    return interview


def _dealt(db, interview) -> list[CardUse]:
    uses = select(CardUse).where(CardUse.interview_id == interview.id).order_by(CardUse.id)
    return list(db.scalars(uses))


def test_all_cards_of_a_level_then_none(db, running):
    """Of the field first, then general; none twice; then it says so and keeps the last one."""
    actor = running.appointment.evaluator.actor
    cards.pick_level(db, actor, running, "B1")
    left = db.scalar(
        select(func.count(Card.id)).where(
            Card.set_id == running.content_set_id,
            Card.level == Level.B1,
            Card.part == 2,
            Card.field.in_(["sales", GENERAL]),
        )
    )
    for _ in range(left - 1):
        cards.deal(db, actor, running)
    uses = _dealt(db, running)
    assert len({use.card_id for use in uses}) == left
    fields = [use.card.field for use in uses]
    assert fields == sorted(fields, key=lambda field: field == GENERAL)
    with pytest.raises(Refused):
        cards.deal(db, actor, running)
    assert [use.replaced_at is None for use in _dealt(db, running)] == [False] * (left - 1) + [True]


def test_a_card_seen_in_another_oral_is_not_shown_again(db, make, running):
    actor = running.appointment.evaluator.actor
    cards.pick_level(db, actor, running, "B1")
    cards.reveal(db, actor, running)
    first = _dealt(db, running)[0].card_id
    candidate = running.appointment.candidacy.candidate
    again = make.candidacy(make.candidate(user=candidate.user), field="sales")
    after = running.appointment.ends_at + timedelta(hours=1)
    later = make.interview(
        make.appointment(again, starts_at=after), state=InterviewState.RUNNING, part=2
    )
    other = make.interview(
        make.appointment(make.candidacy(field="sales")), state=InterviewState.RUNNING, part=2
    )
    cards.pick_level(db, later.appointment.evaluator.actor, later, "B1")
    assert _dealt(db, later)[0].card_id != first
    cards.pick_level(db, other.appointment.evaluator.actor, other, "B1")
    assert _dealt(db, other)[0].card_id == first


def test_a_card_is_the_same_in_the_next_set(db, make, running):
    """Whoever saw it in one set is not shown it in another; how often it was used counts in all."""
    actor = running.appointment.evaluator.actor
    cards.pick_level(db, actor, running, "B1")
    cards.reveal(db, actor, running)
    first = _dealt(db, running)[0].card
    again = make.content_set("en-2")
    user = running.appointment.candidacy.candidate.user
    after = running.appointment.ends_at + timedelta(hours=1)
    same = make.candidacy(make.candidate(user=user), field="sales")
    for candidacy, seen in ((same, True), (make.candidacy(field="sales"), False)):
        later = make.interview(
            make.appointment(candidacy, starts_at=after),
            state=InterviewState.RUNNING,
            part=2,
            content_set=again,
        )
        cards.pick_level(db, later.appointment.evaluator.actor, later, "B1")
        card = _dealt(db, later)[0].card
        assert (card.set_id, card.code == first.code) == (again.id, not seen)


def test_a_retired_card_is_dealt_no_more(db, running):
    actor = running.appointment.evaluator.actor
    cards.pick_level(db, actor, running, "B1")
    first = _dealt(db, running)[0].card
    first.retired_at = first_seen = running.appointment.starts_at
    cards.pick_level(db, actor, running, "B2")
    cards.pick_level(db, actor, running, "B1")
    assert _dealt(db, running)[-1].card.code != first.code
    assert (first.content["title"] != "", first.retired_at) == (True, first_seen)


def test_another_level_changes_a_card_that_nobody_saw(db, running):
    actor = running.appointment.evaluator.actor
    cards.pick_level(db, actor, running, "B1")
    cards.pick_level(db, actor, running, "B2")
    assert [use.card.level for use in _dealt(db, running)] == [Level.B1, Level.B2]
    cards.reveal(db, actor, running)
    cards.pick_level(db, actor, running, "C1")
    assert [use.card.level for use in _dealt(db, running)] == [Level.B1, Level.B2]
    for wrong in ("below_a1", "B3", ""):
        with pytest.raises(Invalid):
            cards.pick_level(db, actor, running, wrong)


def test_nobody_else_deals(db, make, running):
    for stranger in (
        SYSTEM,
        make.evaluator().actor,
        running.appointment.candidacy.candidate.user.actor,
    ):
        with pytest.raises(Forbidden):
            cards.deal(db, stranger, running)
