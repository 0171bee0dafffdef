"""A meeting of the jury: opened with those present, closed with its minutes.

What is decided meanwhile on its page belongs to it; what is decided elsewhere belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import Candidacy
from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from results.models import Deliberation, JuryDecision

NAME_MAX: Final = 120
MOST_PRESENT: Final = 30


def open_meeting(
    db: Session, actor: Actor, present: Iterable[str], language: Language | None = None
) -> Deliberation:
    """Open a meeting; `present`: the names of those who are there.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: nobody is there, too many, or too long a name.
    """
    check(db, actor, Permission.DELIBERATE)
    names = [name for line in present if (name := " ".join(line.split()))]
    if not names:
        raise Invalid(N_("Nommez au moins une personne présente."), "present")
    if len(names) > MOST_PRESENT:
        raise Invalid(N_("Une délibération réunit trente personnes au plus."), "present")
    if any(len(name) > NAME_MAX for name in names):
        raise Invalid(N_("Un de ces noms est trop long."), "present")
    meeting = Deliberation(
        language=language, present=names, opened_at=clock.now(), opened_by_id=actor.user_id
    )
    db.add(meeting)
    db.flush()
    audit.record(db, actor, "deliberation.open", meeting, present=len(names))
    return meeting


def close(db: Session, actor: Actor, meeting: Deliberation) -> None:
    """Close a meeting: nothing is decided in it any more, and its minutes can be had.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: it is closed.
    """
    check(db, actor, Permission.DELIBERATE)
    db.refresh(meeting, attribute_names=["closed_at"], with_for_update=LOCK)
    if meeting.closed_at is not None:
        raise Refused(N_("Cette délibération est déjà close."))
    meeting.closed_at, meeting.closed_by_id = clock.now(), actor.user_id
    audit.record(db, actor, "deliberation.close", meeting, decisions=len(meeting.decisions))
    db.flush()


def meeting(db: Session, meeting_id: int) -> Deliberation | None:
    """Return one meeting with all that was decided in it, or None."""
    decisions = selectinload(Deliberation.decisions)
    return db.scalar(
        select(Deliberation)
        .where(Deliberation.id == meeting_id)
        .options(
            joinedload(Deliberation.opened_by),
            decisions.joinedload(JuryDecision.by),
            decisions.joinedload(JuryDecision.candidacy).options(
                joinedload(Candidacy.candidate), joinedload(Candidacy.certification)
            ),
        )
    )


def meetings(db: Session, most: int = 50) -> list[Deliberation]:
    """Return the last meetings, the newest first."""
    return list(
        db.scalars(
            select(Deliberation)
            .order_by(Deliberation.id.desc())
            .limit(most)
            .options(joinedload(Deliberation.opened_by), selectinload(Deliberation.decisions))
        )
    )
