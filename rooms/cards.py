"""The cards of parts 2 and 3: which one is dealt, to whom it was shown, when it is revealed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from enrolment.models import Candidate
from kernel import clock
from kernel.errors import N_, Invalid, Refused
from kernel.levels import LEVELS, Level
from kernel.permissions import Actor, Permission, check
from rooms.changes import changed, take
from rooms.models import Card, CardUse, Interview
from rooms.transitions import Act

GENERAL = "general"
PARTS_WITH_CARDS = (2, 3)

NO_CARD = N_(
    "Il ne reste pas de carte de ce niveau pour ce candidat : choisissez un niveau voisin."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the choice looks at in a card."""

    id: int
    code: str
    level: Level
    field: str


def choose_card(
    cards: Sequence[Choice], level: Level, field: str, seen: Container[str], uses: Mapping[str, int]
) -> Choice | None:
    """Return the card to deal, or None when none is left.

    Of the level asked, of the field first and then of the general one; never one whose code is
    among `seen`; the least used first, and of those the one of the lowest number.
    """
    fresh = [card for card in cards if card.level == level and card.code not in seen]
    for wanted in (field, GENERAL):
        fitting = [card for card in fresh if card.field == wanted]
        if fitting:
            return min(fitting, key=lambda card: (uses.get(card.code, 0), card.id))
    return None


def current(interview: Interview, uses: Iterable[CardUse]) -> CardUse | None:
    """Return the card that lies on the table in the running part, if one was dealt."""
    for use in uses:
        if use.part == interview.part and use.replaced_at is None:
            return use
    return None


def pick_level(db: Session, actor: Actor, interview: Interview, level: str) -> None:
    """Pick the level of the cards; a card that the candidate has not seen yet changes with it.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: no part runs, or no card of that level is left.
        Invalid: no such level.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.LEVEL)
    if level not in set(LEVELS):
        raise Invalid(N_("Choisissez un niveau de A1 à C2."), "level")
    if interview.cards_level == level:
        return
    interview.cards_level = Level(level)
    if interview.part in PARTS_WITH_CARDS:
        use = current(interview, _uses(db, interview))
        if use is None or use.revealed_at is None:
            _replace(db, interview, use)
    changed(db, actor, interview, "level", level=level)


def deal(db: Session, actor: Actor, interview: Interview, seen: int | None = None) -> None:
    """Deal another card instead of the one on the table, or a first one.

    `seen` is the card that the page showed: another tab may have dealt instead of it already.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: no level was picked, part 1 runs, or no card is left.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.DEAL)
    if interview.part not in PARTS_WITH_CARDS:
        raise Refused(N_("Les cartes viennent avec la deuxième partie."))
    if interview.cards_level is None:
        raise Refused(N_("Choisissez d'abord le niveau des cartes."))
    here = current(interview, _uses(db, interview))
    if seen is not None and (here is None or here.id != seen):
        return
    _replace(db, interview, here)
    changed(db, actor, interview, "deal")


def deal_if_level(db: Session, interview: Interview) -> None:
    """Deal the card of the part that begins, where a level was picked and a card is left."""
    if interview.cards_level is None or interview.part not in PARTS_WITH_CARDS:
        return
    if current(interview, _uses(db, interview)) is None:
        card = _next(db, interview)
        if card is not None:
            _lay(db, interview, card)


def reveal(db: Session, actor: Actor, interview: Interview) -> None:
    """Show the card to the candidate; again changes nothing.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: no card lies on the table.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.REVEAL)
    use = current(interview, _uses(db, interview))
    if use is None:
        raise Refused(N_("Choisissez d'abord le niveau des cartes."))
    if use.revealed_at is None:
        use.revealed_at = clock.now()
        changed(db, actor, interview, "reveal", card=use.card_id)


def _uses(db: Session, interview: Interview) -> Sequence[CardUse]:
    query = select(CardUse).where(CardUse.interview_id == interview.id)
    return db.scalars(query.order_by(CardUse.id)).all()


def _replace(db: Session, interview: Interview, use: CardUse | None) -> None:
    card = _next(db, interview)
    if card is None:
        raise Refused(NO_CARD)
    if use is not None:
        use.replaced_at = clock.now()
    _lay(db, interview, card)


def _lay(db: Session, interview: Interview, card: Choice) -> None:
    use = CardUse(
        interview_id=interview.id,
        card_id=card.id,
        candidate_id=interview.appointment.candidacy.candidate_id,
        part=interview.part,
        dealt_at=clock.now(),
    )
    db.add(use)
    db.flush()


def _next(db: Session, interview: Interview) -> Choice | None:
    """Choose among the rows, with what this person was shown before and how often each was."""
    candidacy = interview.appointment.candidacy
    level = interview.cards_level
    if level is None:
        return None
    rows = db.execute(
        select(Card.id, Card.code, Card.level, Card.field).where(
            Card.set_id == interview.content_set_id,
            Card.retired_at.is_(None),
            Card.part == interview.part,
            Card.level == level,
            Card.field.in_({candidacy.field, GENERAL}),
        )
    )
    choices = [Choice(*row) for row in rows]
    # By its code a card is the same in all sets that hold it.
    counted = (
        select(Card.code, func.count())
        .join(CardUse, CardUse.card_id == Card.id)
        .where(Card.code.in_([choice.code for choice in choices]))
    )
    uses = {row[0]: row[1] for row in db.execute(counted.group_by(Card.code))}
    # The same person may be enrolled by two organisations: what counts is whose eyes saw it.
    shown = db.scalars(
        select(Card.code)
        .join(CardUse, CardUse.card_id == Card.id)
        .join(Candidate, CardUse.candidate_id == Candidate.id)
        .where(
            Candidate.user_id == candidacy.candidate.user_id,
            or_(CardUse.revealed_at.is_not(None), CardUse.interview_id == interview.id),
        )
    )
    return choose_card(choices, level, candidacy.field, set(shown), uses)
