"""The outbox: what must leave (mail, file, job) is a row of the transaction that decided it.

A worker claims a row by compare-and-set, runs its handler, and marks it done. A crash between
the commit and the sending loses nothing; a row whose worker died is claimed again once its
lease is over. Handlers are idempotent. What was done keeps nothing that anybody could use: its
payload goes at once, but for what its handler `keeps`, the row after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Index, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock
from kernel.db import Base, Database

log = structlog.get_logger(__name__)

MOST_KEYS = 500
"""So many are asked for in one statement."""
LEASE = timedelta(minutes=2)
LADDER = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]


class OutboxRow(Base):
    """One thing that must happen after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    dedupe: Mapped[str | None] = mapped_column(unique=True)
    claim: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


Handler = Callable[[Database, OutboxRow], None]
_handlers: dict[str, Handler] = {}
_kept: dict[str, tuple[str, ...]] = {}
FAILED_KEEPS = timedelta(days=30)
"""How long what could not be done keeps its payload, for whoever mends it."""


class Permanent(Exception):
    """Raised by a handler when trying again cannot help."""


def handles(kind: str, *, keeps: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Register the handler of rows of `kind`; once done, they keep what `keeps` names."""

    def register(handler: Handler) -> Handler:
        _handlers[kind], _kept[kind] = handler, keeps
        return handler

    return register


def enqueue(
    db: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    not_before: datetime | None = None,
    dedupe: str | None = None,
) -> OutboxRow | None:
    """Queue `kind` in this transaction; a `dedupe` key that was queued before is left alone."""
    if dedupe is not None and db.scalar(select(OutboxRow.id).where(OutboxRow.dedupe == dedupe)):
        return None
    moment = clock.now()
    row = OutboxRow(
        kind=kind,
        payload=payload,
        created_at=moment,
        not_before=not_before or moment,
        dedupe=dedupe,
    )
    db.add(row)
    db.info["outbox_filled"] = True
    return row


def known(db: Session, keys: Sequence[str]) -> set[str]:
    """Return which of these `dedupe` keys were queued before."""
    found: set[str] = set()
    for first in range(0, len(keys), MOST_KEYS):
        few = keys[first : first + MOST_KEYS]
        query = select(OutboxRow.dedupe).where(OutboxRow.dedupe.in_(few))
        found |= {key for key in db.scalars(query) if key is not None}
    return found


def _claim(database: Database) -> OutboxRow | None:
    moment = clock.now()
    free = or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < moment)
    due = (
        OutboxRow.done_at.is_(None),
        OutboxRow.failed_at.is_(None),
        OutboxRow.not_before <= moment,
    )
    with database.session(read_only=True) as peek:
        ids = peek.scalars(
            select(OutboxRow.id)
            .where(*due, free)
            .order_by(OutboxRow.not_before, OutboxRow.id)
            .limit(8)
        ).all()
    for row_id in ids:
        token = uuid4().hex
        with database.transaction() as db:
            claimed = db.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row_id, *due, free)
                .values(claim=token, claimed_until=moment + LEASE, attempts=OutboxRow.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            if isinstance(claimed, CursorResult) and claimed.rowcount == 1:
                return db.get_one(OutboxRow, row_id)
    return None


def _finish(database: Database, row: OutboxRow, **values: Any) -> None:
    with database.transaction() as db:
        db.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.claim == row.claim)
            .values(claimed_until=None, **values)
        )


def run_one(database: Database) -> bool:
    """Claim one due row and run it; return False when nothing was due."""
    row = _claim(database)
    if row is None:
        return False
    handler = _handlers.get(row.kind)
    try:
        if handler is None:
            msg = f"nobody handles {row.kind}"
            raise Permanent(msg)
        handler(database, row)
    except Permanent as error:
        log.error("outbox_failed", row=row.id, kind=row.kind, error=str(error))
        _finish(database, row, failed_at=clock.now(), error=str(error)[:2000])
    except Exception as error:  # noqa: BLE001 -- whatever fails is tried again, and said
        rung = min(row.attempts - 1, len(LADDER) - 1)
        over = row.attempts > len(LADDER)
        log.warning(
            "outbox_retry", row=row.id, kind=row.kind, attempts=row.attempts, error=repr(error)
        )
        _finish(
            database,
            row,
            not_before=clock.now() + LADDER[rung],
            failed_at=clock.now() if over else None,
            error=repr(error)[:2000],
        )
    else:
        kept = {name: row.payload[name] for name in _kept[row.kind] if name in row.payload}
        _finish(database, row, done_at=clock.now(), error=None, payload=kept)
    return True


def drain(database: Database, most: int = 500) -> int:
    """Run due rows until none is left or `most` were run; return how many."""
    count = 0
    while count < most and run_one(database):
        count += 1
    return count


def purge(db: Session, days: int) -> int:
    """Remove rows done or given up `days` ago, and what old failures carry; return how many went.

    A row that went no longer keeps its `dedupe` key from being queued anew: `days` must outlast
    whatever could ask again.
    """
    moment = clock.now()
    db.execute(
        update(OutboxRow).where(OutboxRow.failed_at < moment - FAILED_KEEPS).values(payload={})
    )
    over = moment - timedelta(days=days)
    gone = db.execute(
        delete(OutboxRow).where(or_(OutboxRow.done_at < over, OutboxRow.failed_at < over))
    )
    return gone.rowcount if isinstance(gone, CursorResult) else 0
