"""The identity check inside an oral: who may ask, take, look and decide, and what follows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from kernel.errors import NotThere
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from kernel.storage import Storage
from proctor import identity
from proctor.models import IdentityCheck, IdentityState
from rooms import incidents
from rooms.changes import changed, lock, take
from rooms.models import IncidentKind, Interview
from rooms.transitions import Act


def request_picture(db: Session, actor: Actor, interview: Interview) -> None:
    """Ask the candidate's browser for a still of the document.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: the identity is not being checked.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.PICTURE_REQUEST)
    identity.request_picture(db, actor, _check(interview))
    changed(db, actor, interview, "request_picture")


def keep_picture(
    db: Session, actor: Actor, interview: Interview, storage: Storage, data: bytes
) -> None:
    """Keep the still that the candidate's browser took; one that comes too late is let fall.

    Raises:
        Forbidden: not this interview's candidate.
        Refused: nobody asked for one.
        Invalid: not a usable JPEG picture.
    """
    check(db, actor, Permission.SIT_INTERVIEW, interview)
    take(db, interview, Act.PICTURE)
    if identity.keep_picture(db, actor, storage, _check(interview), data):
        changed(db, actor, interview, "keep_picture")


def confirm(
    db: Session,
    actor: Actor,
    interview: Interview,
    document_type: str,
    expiry: str,
    agrees: Collection[str],
) -> None:
    """Confirm the identity: the oral may begin.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: nobody was admitted, the oral is over, or the picture asked for is on its way.
        Invalid: a tick or the document's kind or date lacks, or it has expired.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    if not take(db, interview, Act.CONFIRM):
        return
    candidacy = interview.appointment.candidacy
    identity.confirm(db, actor, candidacy, _check(interview), document_type, expiry, agrees)
    changed(db, actor, interview, "confirm_identity")


def refuse(
    db: Session,
    actor: Actor,
    settings: Settings,
    interview: Interview,
    reason: str,
    document_type: str = "",
    expiry: str = "",
    agrees: Collection[str] = (),
) -> None:
    """Refuse the identity: the oral ends, the candidate is told what happens next.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: nobody was admitted, or the oral is over.
        Invalid: no reason.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    lock(db, interview)
    known = interview.identity_check
    if known is not None and known.state is IdentityState.REFUSED:
        return
    take(db, interview, Act.REFUSE)
    identity_check = _check(interview)
    candidacy = interview.appointment.candidacy
    identity.refuse(db, actor, candidacy, identity_check, reason, document_type, expiry, agrees)
    words = identity_check.reason
    incidents.abort(db, actor, settings, interview, IncidentKind.IDENTITY_REFUSED, words)


def look(db: Session, actor: Actor, interview: Interview, storage: Storage) -> bytes:
    """Return the still, for its evaluator's eyes; the edge logs the viewing (`rooms.viewings`).

    Raises:
        Forbidden: not this interview's evaluator.
        NotThere: none was taken, or its time is over.
    """
    identity_check = interview.identity_check
    if identity_check is None:
        raise NotThere
    check(db, actor, Permission.SEE_IDENTITY_PICTURE, identity_check)
    return identity.picture(storage, identity_check)


def _check(interview: Interview) -> IdentityCheck:
    if interview.identity_check is None:
        raise NotThere
    return interview.identity_check
