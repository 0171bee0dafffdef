"""Who looked at a picture or a recording: the one thing that a mere look writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.audit import AuditEntry
from kernel.permissions import Actor

ONE_VIEWING = timedelta(hours=1)
"""Looking again within this time is the same viewing: a player asks for many ranges."""


def is_logged(db: Session, actor: Actor, act: str, subject: Any) -> bool:
    """Tell whether the log says already that the actor looks at `subject`."""
    last = db.scalars(
        select(AuditEntry.id)
        .where(
            AuditEntry.subject_kind == type(subject).__name__,
            AuditEntry.subject_id == subject.id,
            AuditEntry.act == act,
            AuditEntry.actor_id == actor.user_id,
            AuditEntry.at > clock.now() - ONE_VIEWING,
        )
        .limit(1)
    ).first()
    return last is not None


def log(db: Session, actor: Actor, act: str, subject: Any, candidacy_id: int) -> None:
    """Write that the actor looked at `subject`, once a viewing."""
    if not is_logged(db, actor, act, subject):
        audit.record(db, actor, act, subject, candidacy_id=candidacy_id)
