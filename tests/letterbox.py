"""The queued letters, as a test reads them: in the outbox, and as their readers would get them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.outbox import OutboxRow
from kernel.settings import Settings
from people import letters
from people.letters import Letter
from people.models import User


def queued(db: Session) -> list[OutboxRow]:
    """Return the rows of all letters, oldest first."""
    query = select(OutboxRow).where(OutboxRow.kind.in_(letters.KINDS)).order_by(OutboxRow.id)
    return list(db.scalars(query))


def written(db: Session, settings: Settings) -> list[Letter]:
    """Write all letters in this session, oldest first."""
    return [letters.write(db, settings, row) for row in queued(db)]


def address(db: Session, payload: dict[str, Any]) -> str:
    """Return to which address a queued letter would go now."""
    return db.get_one(User, payload["user"]).email
