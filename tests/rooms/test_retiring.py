"""A card that is dealt no more, and how often each was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from people.languages import Language
from rooms import cards, content_sets, retiring
from rooms.models import Card, InterviewState
from rooms.retiring import Exposure


def card(db, code: str, name: str = "en-1") -> Card:
    content_set = content_sets.published(db, name)
    return db.scalars(select(Card).where(Card.set_id == content_set.id, Card.code == code)).one()


def test_a_card_is_retired_wherever_it_stands_word_for_word(db, make):
    coordinator, again, other = (
        make.coordinator(),
        make.content_set("health-1"),
        make.content_set("travel-1"),
    )
    reworded = card(db, "en-b1-role-sales-1", other.name)
    reworded.content = reworded.content | {"title": "Another title"}
    db.flush()
    first = card(db, "en-b1-role-sales-1")
    for _ in range(2):
        retiring.retire(db, coordinator.actor, first, " Publiée sur un forum ")
    retired = db.scalars(select(Card).where(Card.retired_at.is_not(None)).order_by(Card.id)).all()
    assert [(row.set_id, row.code, row.retired_by_id, row.retired_reason) for row in retired] == [
        (number, "en-b1-role-sales-1", coordinator.id, "Publiée sur un forum")
        for number in (first.set_id, again.id)
    ]
    entries = db.scalars(select(AuditEntry).where(AuditEntry.act == "card.retire")).all()
    assert [entry.data for entry in entries] == [{"code": "en-b1-role-sales-1"}] * 2


def test_a_reason_is_given(db, make):
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid) as refusal:
            retiring.retire(db, make.coordinator().actor, card(db, "en-b1-role-sales-1"), reason)
        assert refusal.value.field == "reason"


def test_nobody_else_retires_a_card(db, make):
    for stranger in (make.evaluator().actor, make.manager().actor):
        with pytest.raises(Forbidden):
            retiring.retire(db, stranger, card(db, "en-b1-role-sales-1"), "Connue")


def test_the_last_card_for_everybody_stays_while_its_set_is_used(db, make):
    actor = make.coordinator().actor
    last = card(db, "en-b1-role-general-2")
    certification = make.certification()
    retiring.retire(db, actor, card(db, "en-b1-role-general-1"), "Connue")
    with pytest.raises(Refused, match="dernière carte pour tous les métiers du niveau B1"):
        retiring.retire(db, actor, last, "Connue aussi")
    assert last.retired_at is None
    retiring.retire(db, actor, card(db, "en-b1-role-sales-1"), "Connue")  # a field may have none

    make.content_set("travel-1")
    for row in content_sets.published(db, "travel-1").cards:
        row.content = row.content | {"title": f"Another {row.code}"}
    db.flush()
    content_sets.choose(db, actor, certification, "travel-1")
    assert retiring.is_used(db, content_sets.published(db, "en-1")) is False
    retiring.retire(db, actor, last, "Connue aussi")
    assert [row.name for row in content_sets.whole(db, Language.EN)] == ["travel-1"]


def test_a_set_is_used_while_an_interview_keeps_it(db, make):
    row = make.content_set("travel-1")
    assert retiring.is_used(db, row) is False
    oral = make.interview(content_set=row)
    assert retiring.is_used(db, row) is True
    oral.state = InterviewState.ENDED
    db.flush()
    assert retiring.is_used(db, row) is False
    certification = oral.appointment.candidacy.certification
    assert retiring.certifications_of(db, row) == []
    assert retiring.certifications_of(db, content_sets.published(db, "en-1")) == [certification]


def test_a_card_counts_as_often_as_it_was_revealed(db, make):
    oral = make.interview(state=InterviewState.RUNNING, part=2)
    actor = oral.appointment.evaluator.actor
    cards.pick_level(db, actor, oral, "B1")
    code = oral.cards[0].card.code
    assert retiring.exposures(db, [code]) == {}
    cards.reveal(db, actor, oral)
    first = clock.now()
    clock.move(timedelta(hours=1))
    later = make.interview(
        state=InterviewState.RUNNING, part=2, content_set=make.content_set("health-1")
    )
    cards.pick_level(db, later.appointment.evaluator.actor, later, "B1")
    cards.pick_level(db, later.appointment.evaluator.actor, later, "B2")
    db.refresh(later, ["cards"])
    dealt = [use.card.code for use in later.cards]
    cards.reveal(db, later.appointment.evaluator.actor, later)
    seen = retiring.exposures(db, [code, *dealt])
    assert {code: times.times for code, times in seen.items()} == {code: 1, dealt[1]: 1}
    assert seen[code].last <= first + timedelta(seconds=1)
    assert Exposure() == Exposure(0, None)
