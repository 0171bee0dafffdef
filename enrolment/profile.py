"""That a candidate found their own identity right, as it was enrolled.

Kept as an acknowledgement of exactly these names and this birth date: whoever corrects one of them
later makes the candidate look again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.identity import IDENTITY
from enrolment.models import Candidacy
from kernel import audit, clock, live
from kernel.permissions import Actor, Permission, check
from people.models import Consent

KIND = "identity"


def _version(candidacy: Candidacy) -> str:
    values = [str(getattr(candidacy.candidate, name)) for name in IDENTITY]
    return hashlib.sha256("\0".join([str(candidacy.id), *values]).encode()).hexdigest()[:16]


def confirm(db: Session, actor: Actor, candidacy: Candidacy, locale: str) -> None:
    """Keep that the candidate found their identity right; again changes nothing.

    Raises:
        Forbidden: not this candidacy's candidate.
    """
    check(db, actor, Permission.ANSWER_FOR_CANDIDACY, candidacy)
    if confirmed_at(db, candidacy) is not None:
        return
    row = Consent(
        user_id=candidacy.candidate.user_id,
        kind=KIND,
        version=_version(candidacy),
        locale=locale,
        given_at=clock.now(),
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, "identity.find_right", candidacy, candidacy_id=candidacy.id)
    live.publish(db, f"candidacy:{candidacy.id}")


def confirmed_at(db: Session, candidacy: Candidacy) -> datetime | None:
    """Return when the candidate found the identity right as it stands now, if they did."""
    return db.scalar(
        select(Consent.given_at).where(
            Consent.user_id == candidacy.candidate.user_id,
            Consent.kind == KIND,
            Consent.version == _version(candidacy),
        )
    )
