"""Published sets: never edited, chosen by a certification, kept by an interview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.permissions import SYSTEM
from people.languages import Language
from rooms import content_sets, interview, library
from rooms.library import OralContent
from rooms.models import Card, ContentSet, Interview


def english(name: str, **changes: object) -> OralContent:
    """The product's English content under another name."""
    known = library.written(Language.EN)
    return known.model_copy(update={"name": name} | changes)


def reworded(content: OralContent) -> OralContent:
    """The same with another title on its first card."""
    first = content.cards[0]
    said = first.content.model_copy(update={"title": "Another title"})
    cards = (first.model_copy(update={"content": said}), *content.cards[1:])
    return content.model_copy(update={"cards": cards})


def recorded(db, action: str) -> list[dict[str, object]]:
    rows = db.scalars(select(AuditEntry).where(AuditEntry.act == action).order_by(AuditEntry.id))
    return [row.data for row in rows]


def test_a_set_is_published_once_and_read_as_it_was_given(db, make):
    coordinator = make.coordinator()
    given = english("en-health-1")
    row = content_sets.publish(db, coordinator.actor, given)
    assert content_sets.publish(db, coordinator.actor, given) is row
    assert (row.version, row.language, row.by, row.of_product) == (
        1,
        Language.EN,
        coordinator,
        False,
    )
    db.expire_all()
    assert OralContent.model_validate(content_sets.read(row)) == given
    assert content_sets.script(row) == given.script
    assert recorded(db, "content.publish") == [{"name": "en-health-1", "digest": row.digest}]


def test_what_is_published_is_never_edited(db, make):
    actor = make.coordinator().actor
    content_sets.publish(db, actor, english("en-health-1"))
    with pytest.raises(Refused, match="« en-health-1 » est publié : il ne change plus"):
        content_sets.publish(db, actor, reworded(english("en-health-1")))
    followed = content_sets.publish(db, actor, reworded(english("en-health-2")))
    assert followed.version == 2


def test_what_was_changed_in_the_rows_is_not_read(db):
    row = content_sets.published(db, "en-1")
    first = row.cards[0]
    first.content = first.content | {"title": "Tampered"}
    db.flush()
    with pytest.raises(ValueError, match="en-1 is not what was published"):
        content_sets.read(row)


def test_the_names_of_the_product_are_its_own(db, make):
    with pytest.raises(Refused, match="nom des jeux fournis avec la plateforme"):
        content_sets.publish(db, make.coordinator().actor, english("en-7"))
    with pytest.raises(Refused, match="« en-1 » est publié"):
        content_sets.publish(db, SYSTEM, reworded(english("en-1")))


@pytest.mark.parametrize("name", ["", "en", "en-0", "EN-1", "en health-1", "en-1-"])
def test_a_name_carries_its_version(db, name):
    with pytest.raises(Invalid, match="se termine par sa version") as refusal:
        content_sets.publish(db, SYSTEM, english(name))
    assert refusal.value.field == "name"


def test_a_set_without_a_card_for_everybody_is_not_published(db):
    cards = [card for card in english("x-1").cards if (card.level, card.part) != ("B1", 3)]
    with pytest.raises(Invalid, match="partie 3, niveau B1"):
        content_sets.publish(db, SYSTEM, english("x-1", cards=tuple(cards)))
    assert db.scalar(select(func.count()).select_from(ContentSet)) == 5


def test_nobody_else_publishes_or_chooses(db, make):
    content_sets.publish(db, SYSTEM, english("health-1"))
    certification = make.certification()
    for stranger in (make.evaluator().actor, make.manager().actor):
        with pytest.raises(Forbidden):
            content_sets.publish(db, stranger, english("health-2"))
        with pytest.raises(Forbidden):
            content_sets.choose(db, stranger, certification, "health-1")


def test_a_certification_takes_the_newest_of_the_product_or_the_one_it_chose(db, make):
    actor, certification = make.coordinator().actor, make.certification()
    content_sets.publish(db, actor, english("health-1"))
    assert content_sets.of(db, certification).name == "en-1"
    make.content_set("en-2")
    assert content_sets.of(db, certification).name == "en-2"
    for _ in range(2):
        content_sets.choose(db, actor, certification, "health-1")
    assert content_sets.of(db, certification).name == "health-1"
    content_sets.choose(db, actor, certification, "")
    assert content_sets.of(db, certification).name == "en-2"
    assert recorded(db, "certification.content") == [
        {"name": "health-1", "was": ""},
        {"name": "", "was": "health-1"},
    ]


def test_only_what_an_oral_can_be_held_with_is_chosen(db, make):
    actor, certification = make.coordinator().actor, make.certification()
    row = content_sets.publish(db, actor, english("health-1"))
    for card in row.cards:
        card.retired_at = clock.now()
    db.flush()
    for name, words in (
        ("health-2", "n'est pas publié"),
        ("fr-1", "dans une autre langue"),
        ("health-1", "pas assez de cartes"),
    ):
        with pytest.raises(Refused, match=words):
            content_sets.choose(db, actor, certification, name)
    assert content_sets.of(db, certification).name == "en-1"


def test_an_interview_keeps_the_set_that_its_room_was_opened_with(db, make):
    coordinator = make.coordinator().actor
    content_sets.publish(db, coordinator, english("health-1"))
    appointment = make.appointment(starts_at=clock.now() + timedelta(minutes=5))
    certification = appointment.candidacy.certification
    oral = interview.create_for(db, coordinator, appointment)
    assert oral.content_set.name == "en-1"

    content_sets.choose(db, coordinator, certification, "health-1")
    assert oral.content_set.name == "en-1"
    interview.open_room(db, appointment.evaluator.actor, oral)
    assert oral.content_set.name == "health-1"

    content_sets.choose(db, coordinator, certification, "")
    interview.open_room(db, appointment.evaluator.actor, oral)
    db.flush()
    kept = select(ContentSet.name).join(Interview, Interview.content_set_id == ContentSet.id)
    assert db.scalars(kept).all() == ["health-1"]


def test_what_was_retired_stays_retired_in_the_next_set(db, make):
    """Word for word the same: a card that was rewritten is dealt."""
    coordinator = make.coordinator()
    first, second = content_sets.published(db, "en-1").cards[:2]
    for card in (first, second):
        card.retired_at, card.retired_by_id = clock.now(), coordinator.id
        card.retired_reason = "Vue en ligne"
    db.flush()
    row = content_sets.publish(db, SYSTEM, reworded(english("health-1")))
    again = db.scalars(select(Card).where(Card.set_id == row.id, Card.retired_at.is_not(None)))
    assert [(card.code, card.retired_by_id, card.retired_reason) for card in again] == [
        (second.code, coordinator.id, "Vue en ligne")
    ]
