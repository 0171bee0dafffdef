"""What pages read of published sets: who takes them, their cards, how often each was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Certification
from people.models import User
from rooms import content_sets, retiring
from rooms.models import Card, ContentSet
from rooms.retiring import Exposure


@dataclass(frozen=True, slots=True)
class Listed:
    """A published set in the list: its cards, and the certifications that take it now."""

    row: ContentSet
    cards: int
    retired: int
    takers: list[Certification]


@dataclass(frozen=True, slots=True)
class Seen:
    """A card, and how often candidates saw it in whichever set."""

    card: Card
    exposure: Exposure


def listing(db: Session) -> list[Listed]:
    """Return every published set, the last published first."""
    counted = select(Card.set_id, func.count(), func.count(Card.retired_at)).group_by(Card.set_id)
    counts = {number: (cards, retired) for number, cards, retired in db.execute(counted)}
    takers: dict[int, list[Certification]] = {}
    offered = select(Certification).where(Certification.active).order_by(Certification.name_fr)
    for certification in db.scalars(offered):
        taken = content_sets.of(db, certification)
        if taken is not None:
            takers.setdefault(taken.id, []).append(certification)
    rows = db.scalars(
        select(ContentSet).options(joinedload(ContentSet.by)).order_by(ContentSet.id.desc())
    )
    return [Listed(row, *counts.get(row.id, (0, 0)), takers.get(row.id, [])) for row in rows]


def cards(db: Session, row: ContentSet) -> list[Seen]:
    """Return the cards of a set by part and level, each with its exposure."""
    of_set = db.scalars(select(Card).where(Card.set_id == row.id))
    rows = sorted(of_set, key=lambda card: (card.part, card.level.rank, card.id))
    exposures = retiring.exposures(db, [card.code for card in rows])
    return [Seen(card, exposures.get(card.code, Exposure())) for card in rows]


def seen(db: Session, card: Card) -> Seen:
    """Return one card with its exposure."""
    return Seen(card, retiring.exposures(db, [card.code]).get(card.code, Exposure()))


def sets_with(db: Session, card: Card) -> Sequence[ContentSet]:
    """Return the sets that hold a card of this code, the last published first."""
    holds = select(Card.set_id).where(Card.code == card.code)
    return db.scalars(
        select(ContentSet).where(ContentSet.id.in_(holds)).order_by(ContentSet.id.desc())
    ).all()


def retired_by(db: Session, card: Card) -> User | None:
    """Return who retired a card."""
    return db.get(User, card.retired_by_id) if card.retired_by_id is not None else None
