"""A set that somebody is still writing: a copy of a published one, changed, published whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from enrolment.fields import Field
from kernel import clock
from kernel.errors import Forbidden, Invalid, NotThere, Refused
from kernel.levels import Level
from people.languages import Language
from rooms import content_drafts, content_sets, library
from rooms.models import ContentDraft

FIRST = "en-a1-role-general-1"


@pytest.fixture
def actor(make):
    return make.coordinator().actor


@pytest.fixture
def draft(db, actor):
    return content_drafts.begin(db, actor, content_sets.published(db, "en-1"), "rail-1")


def retitled(draft: ContentDraft, title: str) -> library.LibraryCard:
    card = content_drafts.card_of(draft, FIRST)
    return card.model_copy(update={"content": card.content.model_copy(update={"title": title})})


def test_a_draft_begins_with_what_is_dealt(db, actor):
    row = content_sets.published(db, "en-1")
    row.cards[0].retired_at = clock.now()
    db.flush()
    draft = content_drafts.begin(db, actor, row, "rail-1")
    brought = library.written(Language.EN)
    assert content_drafts.read(draft) == brought.model_copy(
        update={"name": "rail-1", "cards": brought.cards[1:]}
    )
    assert list(content_drafts.DRAFTS.listed(db)) == [draft]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("rail", Invalid, "se termine par sa version"),
        ("en-9", Refused, "nom des jeux fournis"),
        ("fr-1", Refused, "est publié"),
        ("rail-1", Refused, "Un brouillon s'appelle déjà"),
    ],
)
def test_a_name_is_free_and_carries_its_version(db, actor, draft, name, error, words):
    with pytest.raises(error, match=words):
        content_drafts.begin(db, actor, content_sets.published(db, "en-1"), name)


def test_a_card_is_rewritten_in_its_place_and_the_set_published(db, actor, draft):
    before = [card["code"] for card in draft.content["cards"]]
    content_drafts.write_card(db, actor, draft, 0, retitled(draft, "Another title"))
    assert [card["code"] for card in draft.content["cards"]] == before
    assert content_drafts.card_of(draft, FIRST).content.title == "Another title"
    row = content_drafts.publish(db, actor, draft, 1)
    db.flush()
    assert (row.name, row.by_id, row.cards[0].content["title"]) == (
        "rail-1",
        actor.user_id,
        "Another title",
    )
    assert db.scalars(select(ContentDraft)).all() == []


def test_a_new_card_stands_behind_those_of_its_level(db, make, actor, draft):
    code = content_drafts.new_code(db, draft, 2, Level.A1, Field.GENERAL)
    assert code == "en-a1-role-general-3"
    given = content_drafts.card_of(draft, FIRST).model_copy(update={"code": code})
    content_drafts.write_card(db, actor, draft, 0, given)
    codes = [card["code"] for card in draft.content["cards"]]
    alike = [n for n, known in enumerate(codes) if known.startswith("en-a1-role-")]
    assert codes.index(code) == alike[-1]
    # What another set has had is another card.
    content_drafts.publish(db, actor, draft, 1)
    db.flush()
    again = content_drafts.begin(db, actor, content_sets.published(db, "en-1"), "rail-2")
    assert content_drafts.new_code(db, again, 2, Level.A1, Field.GENERAL) == "en-a1-role-general-4"
    assert content_drafts.new_code(db, again, 3, Level.C2, Field.IT) == "en-c2-talk-it-2"


def test_a_card_is_left_out_until_an_oral_could_not_be_held(db, actor, draft):
    for seen, code in enumerate(("en-a1-role-general-1", "en-a1-role-general-2")):
        content_drafts.drop_card(db, actor, draft, seen, code)
    with pytest.raises(NotThere):
        content_drafts.card_of(draft, FIRST)
    with pytest.raises(Invalid, match="partie 2, niveau A1"):
        content_drafts.publish(db, actor, draft, 2)


def test_a_part_of_the_script_is_rewritten(db, actor, draft):
    script = content_drafts.read(draft).script
    second = script.part(2).model_copy(update={"closing": "Thank you."})
    content_drafts.write_part(db, actor, draft, 0, second)
    written = content_drafts.read(draft).script
    assert (written.part(2), written.part(1)) == (second, script.part(1))
    with pytest.raises(Invalid, match="La première partie a des questions"):
        content_drafts.write_part(
            db, actor, draft, 1, script.part(1).model_copy(update={"groups": ()})
        )


def test_nobody_undoes_what_another_wrote(db, actor, draft):
    content_drafts.write_card(db, actor, draft, 0, retitled(draft, "Mine"))
    late = "a changé entre-temps"
    with pytest.raises(Refused, match=late):
        content_drafts.write_card(db, actor, draft, 0, retitled(draft, "Theirs"))
    with pytest.raises(Refused, match=late):
        content_drafts.drop_card(db, actor, draft, 0, FIRST)
    with pytest.raises(Refused, match=late):
        content_drafts.publish(db, actor, draft, 0)
    with pytest.raises(Refused, match=late):
        content_drafts.DRAFTS.discard(db, actor, draft, 0)
    assert content_drafts.card_of(draft, FIRST).content.title == "Mine"
    content_drafts.DRAFTS.discard(db, actor, draft, 1)
    db.flush()
    assert db.scalars(select(ContentDraft)).all() == []


def test_nobody_else_writes(db, make, draft):
    row = content_sets.published(db, "en-1")
    for stranger in (make.evaluator().actor, make.manager().actor):
        with pytest.raises(Forbidden):
            content_drafts.begin(db, stranger, row, "rail-3")
        with pytest.raises(Forbidden):
            content_drafts.write_card(db, stranger, draft, 0, retitled(draft, "Theirs"))
        with pytest.raises(Forbidden):
            content_drafts.publish(db, stranger, draft, 0)
