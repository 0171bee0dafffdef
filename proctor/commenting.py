"""What a candidate says about what was noticed, until somebody has decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission, check
from proctor.models import Decision, ProctorSession, Signal
from proctor.watching import lock, tell

MOST_WORDS = 1000


def comment_signal(
    db: Session, actor: Actor, session: ProctorSession, signal: Signal | None, words: str
) -> None:
    """Say something about one signal, in place of what was said before; empty takes it back.

    Raises:
        Forbidden: not the session's candidate.
        NotThere: the signal is of another session.
        Invalid: too many words.
        Refused: the session has been decided.
    """
    said = _may_say(db, actor, session, words)
    if signal is None or signal.session_id != session.id:
        raise NotThere
    signal.comment, signal.commented_at = said, clock.now() if said else None
    audit.record(db, actor, "proctoring.comment", signal, candidacy_id=session.candidacy_id)
    tell(db, session)


def comment_session(db: Session, actor: Actor, session: ProctorSession, words: str) -> None:
    """Say something about the whole session, in place of what was said before.

    Raises:
        Forbidden: not the session's candidate.
        Invalid: too many words.
        Refused: the session has been decided.
    """
    session.words = _may_say(db, actor, session, words)
    audit.record(db, actor, "proctoring.comment", session, candidacy_id=session.candidacy_id)
    tell(db, session)


def _may_say(db: Session, actor: Actor, session: ProctorSession, words: str) -> str:
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    words = words.strip()
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "words")
    lock(db, session)
    if session.decision is not Decision.UNDECIDED:
        raise Refused(N_("Une décision a été prise : votre commentaire ne peut plus changer."))
    return words
