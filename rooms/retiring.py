"""A card that is dealt no more: who decided it, why, and how often each was seen before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from enrolment.fields import Field
from enrolment.models import Certification
from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from rooms import content_sets
from rooms.models import Card, CardUse, ContentSet, Interview
from rooms.transitions import OVER

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often candidates saw a card, in whichever set, and when last."""

    times: int = 0
    last: datetime | None = None


def retire(db: Session, actor: Actor, card: Card, reason: str) -> None:
    """Deal a card no more, in any set that holds it word for word; again changes nothing.

    It stays in the sets, and is read wherever it was used.

    Raises:
        Forbidden: the actor does not publish content.
        Invalid: no reason (field `reason`).
        Refused: a set that orals are held with would have no card for everybody at its level.
    """
    check(db, actor, Permission.PUBLISH_CONTENT)
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid(N_("Dites pourquoi, en 500 signes au plus."), "reason")
    for row in _lock_alike(db, card):
        if _is_last(db, row) and is_used(db, db.get_one(ContentSet, row.set_id)):
            raise Refused(
                N_(
                    "C'est la dernière carte pour tous les métiers du niveau %(level)s dans cette "
                    "partie, et des oraux se tiennent avec ce jeu. Publiez d'abord une version qui "
                    "la remplace."
                ),
                level=row.level,
            )
        row.retired_at, row.retired_by_id, row.retired_reason = clock.now(), actor.user_id, reason
        db.flush()
        audit.record(db, actor, "card.retire", row, code=row.code)


def is_used(db: Session, row: ContentSet) -> bool:
    """Tell whether orals are, or will be, held with a set."""
    keeps = exists().where(Interview.content_set_id == row.id, Interview.state.not_in(OVER))
    return bool(db.scalar(select(keeps))) or bool(certifications_of(db, row))


def certifications_of(db: Session, row: ContentSet) -> list[Certification]:
    """Return the certifications whose next orals are held with a set."""
    certifications = db.scalars(
        select(Certification)
        .where(Certification.language == row.language)
        .order_by(Certification.name_fr, Certification.id)
    ).all()
    return [known for known in certifications if content_sets.of(db, known) is row]


def exposures(db: Session, codes: Iterable[str]) -> dict[str, Exposure]:
    """Return how often the cards of these codes were revealed; those that never were are absent."""
    rows = db.execute(
        select(Card.code, func.count(), func.max(CardUse.revealed_at))
        .join(CardUse, CardUse.card_id == Card.id)
        .where(Card.code.in_(list(codes)), CardUse.revealed_at.is_not(None))
        .group_by(Card.code)
    )
    return {code: Exposure(times, last) for code, times, last in rows}


def _lock_alike(db: Session, card: Card) -> list[Card]:
    """Return the rows of a card that are dealt, with their sets held against another retirement."""
    alike = select(Card).where(Card.code == card.code, Card.retired_at.is_(None))
    sets = {row.set_id for row in db.scalars(alike)}
    db.execute(
        select(ContentSet.id)
        .where(ContentSet.id.in_(sets))
        .order_by(ContentSet.id)
        .with_for_update(**LOCK)
    )
    rows = db.scalars(alike.order_by(Card.id).execution_options(populate_existing=True))
    return [row for row in rows if row.content == card.content]


def _is_last(db: Session, card: Card) -> bool:
    """Tell whether no other card of its set suits everybody at its level in its part."""
    if card.field != Field.GENERAL:
        return False
    others = exists().where(
        Card.set_id == card.set_id,
        Card.id != card.id,
        Card.part == card.part,
        Card.level == card.level,
        Card.field == str(Field.GENERAL),
        Card.retired_at.is_(None),
    )
    return not db.scalar(select(others))
