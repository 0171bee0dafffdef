"""What somebody acknowledged before a part: which text, which version of it, and when."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid
from kernel.permissions import Actor
from people.models import Consent, User

VERSIONS = {
    "recording": "2026-11-2",
    "rights": "2026-11",
    "proctoring": "2026-11-2",
    "faces": "2026-11",
}
"""The texts to acknowledge, and the version of each that is shown now."""
ORAL = ("recording", "rights")
"""What is acknowledged before an oral."""
WRITTEN = ("proctoring",)
"""What is acknowledged before the written test."""
WRITTEN_WITH_FACES = (*WRITTEN, "faces")
"""The same where the certification has faces looked for in the frame."""


def record(db: Session, actor: Actor, kinds: Iterable[str], locale: str) -> None:
    """Keep that the actor acknowledged the present texts of `kinds`; again changes nothing.

    Raises:
        Invalid: there is no such text.
    """
    asked = set(kinds)
    if not asked <= VERSIONS.keys() or actor.user_id is None:
        raise Invalid(N_("Ce texte n'existe pas."), "consents")
    db.execute(select(User.id).where(User.id == actor.user_id).with_for_update(**LOCK))
    for kind in sorted(asked & set(missing(db, actor.user_id, VERSIONS))):
        row = Consent(
            user_id=actor.user_id,
            kind=kind,
            version=VERSIONS[kind],
            locale=locale,
            given_at=clock.now(),
        )
        db.add(row)
        db.flush()
        audit.record(db, actor, "consent.give", row, kind=kind, version=VERSIONS[kind])


def missing(db: Session, user_id: int, kinds: Iterable[str] = ORAL) -> list[str]:
    """Return the kinds of text, of `kinds`, whose version of now `user_id` has not acknowledged."""
    given = db.execute(select(Consent.kind, Consent.version).where(Consent.user_id == user_id))
    known = {(kind, version) for kind, version in given}
    return [kind for kind in kinds if (kind, VERSIONS[kind]) not in known]
