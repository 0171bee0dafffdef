"""What a candidate says of the watch over their test, until somebody has decided on all of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kernel import audit
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from proctor.models import Decision, ProctorSession
from proctor.watching import lock, tell

MOST_WORDS = 1000


def comment(db: Session, actor: Actor, sittings: Sequence[ProctorSession], words: str) -> None:
    """Say something of a watch, in place of what was said before; empty takes it back.

    It stands with each of its `sittings` that nobody has decided on: whoever decides on one reads
    it there.

    Raises:
        Forbidden: not their candidate.
        Invalid: too many words.
        Refused: every one has been decided.
    """
    words = words.strip()
    for session in sittings:
        check(db, actor, Permission.COMMENT_PROCTORING, session)
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "words")
    for session in sittings:
        lock(db, session)
    undecided = [session for session in sittings if session.decision is Decision.UNDECIDED]
    if not undecided:
        raise Refused(N_("Une décision a été prise : votre commentaire ne peut plus changer."))
    for session in undecided:
        session.words = words
        audit.record(db, actor, "proctoring.comment", session, candidacy_id=session.candidacy_id)
        tell(db, session)


def said(sittings: Sequence[ProctorSession]) -> str:
    """Return what was said of a watch, each sitting's own words once; pure."""
    return "\n\n".join(dict.fromkeys(session.words for session in sittings if session.words))
