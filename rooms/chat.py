"""Lines of text between the two people of an oral."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, Role, check
from rooms.changes import take, tell
from rooms.models import ChatMessage, Interview
from rooms.transitions import Act

MOST_WORDS = 1000
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def say(db: Session, actor: Actor, interview: Interview, client_id: str, text: str) -> ChatMessage:
    """Add a line; the same `client_id` again returns the line that is there.

    Raises:
        Forbidden: neither of the two people.
        Refused: the room is not open, or the candidate has not entered yet.
        Invalid: no text, too long a text, or no usable `client_id`.
    """
    check(db, actor, Permission.JOIN_INTERVIEW, interview)
    words = text.strip()
    if not _CLIENT_ID.fullmatch(client_id):
        raise Invalid(N_("Ce message n'a pas pu être lu."), "client_id")
    if not words:
        raise Invalid(N_("Écrivez un message."), "text")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "text")
    take(db, interview, Act.CHAT)
    if actor.role is Role.CANDIDATE and interview.waiting_since is None:
        raise Refused(N_("Entrez d'abord en salle d'attente."))
    known = db.scalar(
        select(ChatMessage).where(
            ChatMessage.interview_id == interview.id,
            ChatMessage.author_id == actor.user_id,
            ChatMessage.client_id == client_id,
        )
    )
    if known is not None:
        return known
    message = add(db, actor, interview, client_id, words)
    tell(db, interview)
    return message


def add(db: Session, actor: Actor, interview: Interview, client_id: str, words: str) -> ChatMessage:
    """Add a line that was decided on elsewhere; whoever calls tells the pages."""
    message = ChatMessage(
        interview_id=interview.id,
        author_id=actor.user_id,
        client_id=client_id,
        text=words,
        at=clock.now(),
    )
    db.add(message)
    db.flush()
    return message
