"""Sets of content that somebody is still writing: changed card by card, then published whole.

A draft (`people.drafts`) is nobody's oral: it is a copy of a published set, without its retired
cards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.errors import N_, Invalid, NotThere
from kernel.levels import Level
from kernel.permissions import Actor, Permission, check
from people.drafts import Drafts
from rooms import content_sets, library
from rooms.library import LibraryCard, OralContent, ScriptPart
from rooms.models import Card, ContentDraft, ContentSet

DRAFTS: Final = Drafts(ContentDraft, "content", Permission.PUBLISH_CONTENT)


def read(draft: ContentDraft) -> OralContent:
    """Return what a draft says."""
    return OralContent.model_validate(draft.content)


def begin(db: Session, actor: Actor, row: ContentSet, name: str) -> ContentDraft:
    """Begin a set from a published one, without the cards that were retired.

    Raises:
        Forbidden: the actor does not publish content.
        Invalid: its name carries no version (field `name`).
        Refused: a set or a draft has this name, or it is the product's.
    """
    check(db, actor, Permission.PUBLISH_CONTENT)
    content_sets.require_name(db, name, row.language)
    given = content_sets.read(row)
    kept = {card.code for card in row.cards if card.retired_at is None}
    cards = [card for card in given["cards"] if card["code"] in kept]
    return DRAFTS.begin(db, actor, name, given | {"name": name, "cards": cards}, row.name)


def write_card(
    db: Session, actor: Actor, draft: ContentDraft, seen: int, card: LibraryCard
) -> None:
    """Write a card in the place of the one of its code, else behind those of its level and part.

    Raises:
        Forbidden: the actor does not publish content.
        Refused: somebody changed the draft after the state `seen`.
    """
    DRAFTS.take(db, actor, draft, seen)
    cards = [known for known in draft.content["cards"] if known["code"] != card.code]
    given = card.model_dump(mode="json")
    codes = [known["code"] for known in draft.content["cards"]]
    place = codes.index(card.code) if card.code in codes else _behind(cards, given)
    _write(db, actor, draft, {"cards": [*cards[:place], given, *cards[place:]]}, card=card.code)


def drop_card(db: Session, actor: Actor, draft: ContentDraft, seen: int, code: str) -> None:
    """Leave a card out; raise Forbidden and Refused as `write_card`."""
    DRAFTS.take(db, actor, draft, seen)
    cards = [known for known in draft.content["cards"] if known["code"] != code]
    _write(db, actor, draft, {"cards": cards}, dropped=code)


def write_part(db: Session, actor: Actor, draft: ContentDraft, seen: int, part: ScriptPart) -> None:
    """Write a part of the script; raise Forbidden and Refused as `write_card`.

    Raises:
        Invalid: it does not fit the others (part 1 has no prompt).
    """
    DRAFTS.take(db, actor, draft, seen)
    if part.number == 1 and not part.groups:
        raise Invalid(N_("La première partie a des questions."), "groups")
    given = part.model_dump(mode="json")
    parts = [
        given if known["number"] == part.number else known
        for known in draft.content["script"]["parts"]
    ]
    _write(db, actor, draft, {"script": {"parts": parts}}, part=part.number)


def publish(db: Session, actor: Actor, draft: ContentDraft, seen: int) -> ContentSet:
    """Publish a draft as it stands; it is a draft no more.

    Raises:
        Forbidden: the actor does not publish content.
        Invalid: an oral could not be held with it.
        Refused: somebody changed the draft after the state `seen`, or published its name.
    """
    return DRAFTS.publish(
        db, actor, draft, seen, lambda: content_sets.publish(db, actor, read(draft))
    )


def new_code(db: Session, draft: ContentDraft, part: int, level: Level, field: str) -> str:
    """Return the code of a new card: one that no card of any set has had."""
    kind = "role" if part == library.ROLE_PLAY else "talk"
    start = f"{draft.content['language']}-{level.lower()}-{kind}-{field}-"
    known = db.scalars(select(Card.code).where(Card.code.startswith(start, autoescape=True)))
    codes = [*known, *(card["code"] for card in draft.content["cards"])]
    taken = [int(match[1]) for code in codes if (match := re.fullmatch(rf"{start}(\d+)", code))]
    return f"{start}{max(taken, default=0) + 1}"


def card_of(draft: ContentDraft, code: str) -> LibraryCard:
    """Return a card of a draft; raise NotThere for another code."""
    for card in draft.content["cards"]:
        if card["code"] == code:
            return LibraryCard.model_validate(card)
    raise NotThere


def _write(
    db: Session, actor: Actor, draft: ContentDraft, said: dict[str, Any], **changed: Any
) -> None:
    content = OralContent.model_validate(draft.content | said).as_json()
    DRAFTS.write(db, actor, draft, content, **changed)


def _behind(cards: Sequence[dict[str, Any]], given: dict[str, Any]) -> int:
    """Return the place behind the cards of the same level and part, else the end."""
    alike = [
        place
        for place, card in enumerate(cards)
        if (card["level"], card["part"]) == (given["level"], given["part"])
    ]
    return alike[-1] + 1 if alike else len(cards)
