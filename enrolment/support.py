"""Calls for help: a candidate writes, with the state of their page; a coordinator answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy, Candidate, SupportMessage
from kernel import audit, clock, links, live
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people import entry, letters

MOST_WORDS: Final = 2000
MOST_STATE: Final = 4000
MOST_OPEN: Final = 20
"""Messages of one candidacy that may wait for an answer at a time."""


def ask(
    db: Session,
    actor: Actor,
    settings: Settings,
    candidacy: Candidacy,
    words: str,
    state: dict[str, Any],
) -> SupportMessage:
    """Ask for help; the same words again, while they wait for an answer, are the same message.

    Raises:
        Forbidden: not this candidacy's candidate.
        Invalid: no words, too many, or a state that nobody could read.
        Refused: many messages wait already.
    """
    check(db, actor, Permission.ANSWER_FOR_CANDIDACY, candidacy)
    words = words.strip()
    if not words:
        raise Invalid(N_("Écrivez votre question, en quelques mots."), "words")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 2 000 signes au plus."), "words")
    if len(json.dumps(state)) > MOST_STATE:
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "state")
    db.execute(select(Candidacy.id).where(Candidacy.id == candidacy.id).with_for_update(**LOCK))
    waiting = [asked for asked in of_candidacy(db, candidacy.id) if asked.answered_at is None]
    for asked in waiting:
        if asked.words == words:
            return asked
    if len(waiting) >= MOST_OPEN:
        raise Refused(N_("Vos messages sont bien arrivés : attendez une réponse, s'il vous plaît."))
    message = SupportMessage(
        candidacy_id=candidacy.id,
        by_id=candidacy.candidate.user_id,
        at=clock.now(),
        words=words,
        state=state,
    )
    db.add(message)
    db.flush()
    audit.record(db, actor, "support.ask", message, candidacy_id=candidacy.id)
    _tell_certifier(db, settings, message)
    live.publish(db, "support")
    return message


def _tell_certifier(db: Session, settings: Settings, message: SupportMessage) -> None:
    letters.to_certifier(
        db,
        "support_asked",
        {
            "person": message.candidacy.candidate.name,
            "certification": letters.in_each_language(message.candidacy.certification.name),
            "words": message.words,
            "link": links.address(settings, "support"),
        },
        dedupe=f"support_asked:{message.id}",
    )


def answer(db: Session, actor: Actor, message: SupportMessage, words: str) -> None:
    """Answer a call for help, once; the candidate reads it by mail and on their help page.

    Raises:
        Forbidden: nobody of the certifier.
        Invalid: no words, or too many.
        Refused: somebody answered before.
    """
    check(db, actor, Permission.ANSWER_SUPPORT)
    words = words.strip()
    if not words:
        raise Invalid(N_("Écrivez votre réponse."), "answer")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 2 000 signes au plus."), "answer")
    db.refresh(message, with_for_update=LOCK)
    if message.answered_at is not None:
        raise Refused(N_("Quelqu'un a déjà répondu à ce message."))
    message.answer, message.answered_at = words, clock.now()
    message.answered_by_id = actor.user_id
    audit.record(db, actor, "support.answer", message, candidacy_id=message.candidacy_id)
    user = message.candidacy.candidate.user
    letters.to(
        db,
        user,
        "support_answered",
        {
            "words": message.words,
            "answer": words,
        },
        opens=entry.leads_to("help", candidacy_id=message.candidacy_id),
        dedupe=f"support_answered:{message.id}",
    )
    live.publish(db, f"candidacy:{message.candidacy_id}")


def of_candidacy(db: Session, candidacy_id: int) -> Sequence[SupportMessage]:
    """Return the messages of a candidacy, newest first."""
    return db.scalars(
        select(SupportMessage)
        .where(SupportMessage.candidacy_id == candidacy_id)
        .order_by(SupportMessage.id.desc())
    ).all()


def listing(db: Session, most: int = 100) -> Sequence[SupportMessage]:
    """Return the messages, those that wait for an answer first and oldest first among them."""
    answered = SupportMessage.answered_at.is_not(None)
    whole = select(SupportMessage).options(
        joinedload(SupportMessage.candidacy)
        .joinedload(Candidacy.candidate)
        .joinedload(Candidate.user),
        joinedload(SupportMessage.candidacy).joinedload(Candidacy.certification),
    )
    waiting = db.scalars(whole.where(~answered).order_by(SupportMessage.id).limit(most)).all()
    done = db.scalars(whole.where(answered).order_by(SupportMessage.answered_at.desc()).limit(most))
    return [*waiting, *done.all()]


def waiting(db: Session) -> int:
    """Return how many messages wait for an answer."""
    return db.scalars(
        select(func.count(SupportMessage.id)).where(SupportMessage.answered_at.is_(None))
    ).one()
