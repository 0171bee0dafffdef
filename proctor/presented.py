"""The coordinator's look at documents that candidates showed before the written test.

One that nobody looks at in time is gone, and the evaluator's check at the oral serves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enrolment import journey
from enrolment.models import Candidacy, Candidate
from kernel import live
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from kernel.storage import Storage
from proctor import identity
from proctor.models import IdentityCheck, IdentityState

WAITING: Final = (
    IdentityCheck.state == IdentityState.PENDING,
    IdentityCheck.picture_key.is_not(None),
    IdentityCheck.picture_requested_at.is_(None),
)
"""What holds of a picture that nobody has looked at."""


def waiting(db: Session) -> Sequence[tuple[IdentityCheck, Candidacy]]:
    """Return the pictures that nobody has looked at, the one that goes first on top."""
    rows = db.execute(
        select(IdentityCheck, Candidacy)
        .join(Candidacy, Candidacy.id == IdentityCheck.candidacy_id)
        .where(*WAITING)
        .order_by(IdentityCheck.picture_taken_at, IdentityCheck.id)
        .options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.certification),
        )
    )
    return [(identity_check, candidacy) for identity_check, candidacy in rows]


def standing(db: Session, candidacy_id: int) -> IdentityCheck | None:
    """Return the document that serves a candidacy: confirmed, or shown and not refused since."""
    last = db.scalars(
        select(IdentityCheck)
        .where(
            IdentityCheck.candidacy_id == candidacy_id,
            (IdentityCheck.state == IdentityState.CONFIRMED)
            | IdentityCheck.picture_taken_at.is_not(None),
        )
        .order_by(IdentityCheck.id.desc())
        .limit(1)
    ).first()
    return None if last is None or last.state is IdentityState.REFUSED else last


def look(db: Session, actor: Actor, storage: Storage, identity_check: IdentityCheck) -> bytes:
    """Return the still; the edge logs the viewing.

    Raises:
        Forbidden: nobody of the certifier.
        NotThere: its time is over.
    """
    check(db, actor, Permission.SEE_IDENTITY_PICTURE, identity_check)
    return identity.picture(storage, identity_check)


def confirm(
    db: Session,
    actor: Actor,
    identity_check: IdentityCheck,
    document_type: str,
    expiry: str,
    agrees: Collection[str],
) -> None:
    """Confirm that the document is the enrolled person's.

    Raises:
        Forbidden: nobody of the certifier.
        Invalid: a tick or the document's kind or date lacks, or it has expired.
        Refused: somebody decided before, or the picture is gone.
    """
    candidacy = _take(db, actor, identity_check)
    identity.confirm(db, actor, candidacy, identity_check, document_type, expiry, agrees)
    live.publish(db, f"candidacy:{candidacy.id}")


def refuse(
    db: Session,
    actor: Actor,
    identity_check: IdentityCheck,
    reason: str,
    document_type: str = "",
    expiry: str = "",
    agrees: Collection[str] = (),
) -> None:
    """Refuse the document, with the reason that the candidate reads; the test itself stands.

    Raises:
        Forbidden: nobody of the certifier.
        Invalid: no reason.
        Refused: somebody decided before, or the picture is gone.
    """
    candidacy = _take(db, actor, identity_check)
    identity.refuse(db, actor, candidacy, identity_check, reason, document_type, expiry, agrees)
    live.publish(db, f"candidacy:{candidacy.id}")


def _take(db: Session, actor: Actor, identity_check: IdentityCheck) -> Candidacy:
    check(db, actor, Permission.CHECK_IDENTITY, identity_check)
    candidacy = db.get_one(Candidacy, identity_check.candidacy_id)
    journey.lock(db, candidacy)
    db.refresh(identity_check, attribute_names=["state", "picture_key"])
    if identity_check.state is not IdentityState.PENDING:
        raise Refused(N_("L'identité a déjà été examinée."))
    if identity_check.picture_key is None:
        raise Refused(
            N_(
                "Cette photo a été effacée, sa durée étant passée : l'évaluateur vérifiera "
                "l'identité à l'oral."
            )
        )
    return candidacy
