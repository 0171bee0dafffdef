"""What waited in the outbox when a database was restored: it may have left already.

Given up as a whole, so that nothing leaves twice by itself; somebody sends again what they know.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.outbox import OutboxRow
from kernel.permissions import Actor

HELD_BACK = "held back after a restore: it may have left already"


def waiting(db: Session, kinds: Sequence[str]) -> list[OutboxRow]:
    """Return the rows of these kinds that have neither left nor been given up, the oldest first."""
    return list(
        db.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.kind.in_(kinds),
                OutboxRow.done_at.is_(None),
                OutboxRow.failed_at.is_(None),
            )
            .order_by(OutboxRow.id)
        )
    )


def hold_back(db: Session, actor: Actor, kinds: Sequence[str]) -> list[OutboxRow]:
    """Give up the rows of these kinds that wait: they go only if somebody retries them."""
    rows = waiting(db, kinds)
    for row in rows:
        row.failed_at, row.error = clock.now(), HELD_BACK
        row.claim, row.claimed_until = None, None
        audit.record(db, actor, "letter.hold_back", None, row=row.id, kind=row.kind)
    return rows
