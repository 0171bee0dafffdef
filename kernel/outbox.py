"""The outbox: what must leave (mail, file, job) is a row of the transaction that decided it.

A worker claims a row by compare-and-set, runs its handler, and marks it done. A crash between
the commit and the sending loses nothing; a row whose worker died is claimed again once its
lease is over. Handlers are idempotent. What was done keeps nothing that anybody could use: its
payload goes at once, but for what its handler `keeps`, the row after a while. No payload holds a
code or a link that lets somebody in: it is made when the row is run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, Index, delete, func, or_, select, text, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock, retention
from kernel.db import Base, Database
from kernel.loglines import THROTTLE, discreet
from kernel.retention import RetentionClass
from kernel.settings import Settings

log = structlog.get_logger(__name__)

MOST_KEYS = 500
"""So many are asked for in one statement."""
LEASE = timedelta(minutes=2)
LADDER = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
SLOW_LADDER = [timedelta(hours=h) for h in (1, 6, 24, 48, 72)]
"""For what was refused: it wants somebody to mend something, or days."""
HALT_FOR = timedelta(seconds=30)
"""How long a row waits whose other side could not be reached; no rung of the ladder is used up."""
HALT_AT_MOST = timedelta(days=7)


def _partial(name: str, condition: str, *columns: str) -> Index:
    """Return an index of the few rows that wait or failed, however many have left."""
    where = text(condition)
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


class OutboxRow(Base):
    """One thing that must happen after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "done_at", "not_before"),
        _partial("ix_outbox_waiting", "done_at IS NULL AND failed_at IS NULL", "not_before", "id"),
        _partial("ix_outbox_failed", "failed_at IS NOT NULL", "failed_at"),
    )

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
FAILED_KEEPS = retention.fixed(RetentionClass.LETTER_GIVEN_UP)
"""How long what could not be done keeps its payload, for whoever mends it."""


class Permanent(Exception):
    """Raised by a handler when trying again cannot help."""


class RetrySlowly(Exception):
    """Raised by a handler that was refused: to be tried again for days, by `SLOW_LADDER`."""


class Halt(Exception):
    """Raised by a handler whose other side cannot be reached: the rest of a drain waits too."""


def handles(kind: str, *, keeps: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Register the handler of rows of `kind`; once done, they keep what `keeps` names.

    The handler may add to the row's payload what is to be kept.
    """

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


def under(db: Session, key: str) -> OutboxRow | None:
    """Return the row that was queued under a `dedupe` key and is not done, as it stands now."""
    return db.scalar(
        select(OutboxRow)
        .where(OutboxRow.dedupe == key, OutboxRow.done_at.is_(None))
        .execution_options(populate_existing=True)
    )


def withdraw(db: Session, key: str) -> bool:
    """Take back what waits under a `dedupe` key; False where it is done, or being done now."""
    moment = clock.now()
    gone = db.execute(
        delete(OutboxRow).where(
            OutboxRow.dedupe == key,
            OutboxRow.done_at.is_(None),
            or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < moment),
        )
    )
    return isinstance(gone, CursorResult) and gone.rowcount == 1


def free_key(db: Session, row: OutboxRow) -> None:
    """Let another row be queued under the `dedupe` key of one that is being run."""
    db.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(dedupe=None))


def known(db: Session, keys: Sequence[str]) -> set[str]:
    """Return which of these `dedupe` keys were queued before."""
    queued: set[str] = set()
    for first in range(0, len(keys), MOST_KEYS):
        few = keys[first : first + MOST_KEYS]
        query = select(OutboxRow.dedupe).where(OutboxRow.dedupe.in_(few))
        queued |= {key for key in db.scalars(query) if key is not None}
    return queued


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows that are drained apart, so that what is slow there delays nothing elsewhere.

    Those of `kinds`, or (`others`) all but them.
    """

    kinds: frozenset[str]
    others: bool = False

    def holds(self) -> ColumnElement[bool]:
        """Tell in SQL which rows go by this lane."""
        return OutboxRow.kind.not_in(self.kinds) if self.others else OutboxRow.kind.in_(self.kinds)


EVERYTHING = Lane(frozenset(), others=True)


def _due(lane: Lane, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxRow.done_at.is_(None),
        OutboxRow.failed_at.is_(None),
        OutboxRow.not_before <= moment,
        lane.holds(),
    )


def is_due(db: Session, lane: Lane = EVERYTHING) -> bool:
    """Tell whether a row of the lane waits to be run now."""
    return db.scalar(select(OutboxRow.id).where(*_due(lane, clock.now())).limit(1)) is not None


def due_kinds(db: Session) -> set[str]:
    """Return the kinds of the rows that wait to be run now."""
    return set(db.scalars(select(OutboxRow.kind).where(*_due(EVERYTHING, clock.now())).distinct()))


def oldest_due(db: Session) -> datetime | None:
    """Return since when the row that has waited longest could have been run; None: none is due."""
    return db.scalar(select(func.min(OutboxRow.not_before)).where(*_due(EVERYTHING, clock.now())))


def _claim(database: Database, lane: Lane) -> OutboxRow | None:
    moment = clock.now()
    free = or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < moment)
    due = _due(lane, moment)
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


class RunOutcome(StrEnum):
    """What became of an attempt to run a row."""

    NOTHING = "nothing"  # none was due
    GONE_ON = "gone_on"
    HALTED = "halted"  # the other side cannot be reached


def run_one(database: Database, lane: Lane = EVERYTHING) -> RunOutcome:
    """Claim one due row of the lane and run it."""
    row = _claim(database, lane)
    if row is None:
        return RunOutcome.NOTHING
    handler = _handlers.get(row.kind)
    try:
        if handler is None:
            msg = f"nobody handles {row.kind}"
            raise Permanent(msg)
        handler(database, row)
    except Permanent as error:
        log.error("outbox_failed", row=row.id, kind=row.kind, error=discreet(str(error)))
        _finish(database, row, failed_at=clock.now(), error=str(error)[:2000])
    except Halt as error:
        _halt(database, row, error)
        return RunOutcome.HALTED
    except RetrySlowly as error:
        _again(database, row, error, SLOW_LADDER)
    except Exception as error:  # noqa: BLE001 -- whatever fails is tried again, and said
        _again(database, row, error, LADDER)
    else:
        kept = {name: row.payload[name] for name in _kept[row.kind] if name in row.payload}
        _finish(database, row, done_at=clock.now(), error=None, payload=kept)
    return RunOutcome.GONE_ON


def _warn(event: str, row: OutboxRow, words: str) -> None:
    """Write what keeps rows of a kind from leaving, once a minute; each row keeps all of it."""
    words = discreet(words)
    kept = THROTTLE.kept_back((event, row.kind, words))
    if kept is not None:
        facts = {"row": row.id, "kind": row.kind, "attempts": row.attempts, "error": words}
        log.warning(event, **facts, **({"since_last_line": kept} if kept else {}))


def _again(database: Database, row: OutboxRow, error: Exception, ladder: list[timedelta]) -> None:
    """Let a row be tried again, later each time, until the ladder ends."""
    words = str(error) if isinstance(error, RetrySlowly) else repr(error)
    kind = "" if isinstance(error, RetrySlowly) else f"{type(error).__name__}: "
    _warn("outbox_retry", row, f"{kind}{discreet(str(error))}")
    rung = min(row.attempts - 1, len(ladder) - 1)
    over = row.attempts > len(ladder)
    _finish(
        database,
        row,
        not_before=clock.now() + ladder[rung],
        failed_at=clock.now() if over else None,
        error=words[:2000],
    )


def _halt(database: Database, row: OutboxRow, error: Halt) -> None:
    """Let a row wait for the other side, which has nothing to do with the row itself."""
    over = clock.now() - row.created_at > HALT_AT_MOST
    _warn("outbox_halted", row, str(error))
    _finish(
        database,
        row,
        attempts=row.attempts - 1,
        not_before=clock.now() + HALT_FOR,
        failed_at=clock.now() if over else None,
        error=str(error)[:2000],
    )


def drain(database: Database, most: int = 500, lane: Lane = EVERYTHING) -> int:
    """Run due rows of a lane until none is left, `most` were run, or one halts; return how many."""
    count = 0
    while count < most:
        ran = run_one(database, lane)
        if ran is RunOutcome.NOTHING:
            break
        count += 1
        if ran is RunOutcome.HALTED:
            break
    return count


def given_up(db: Session, kinds: Sequence[str], most: int = 200) -> list[OutboxRow]:
    """Return the rows of these kinds that were given up and can still run, the newest first."""
    return list(
        db.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.kind.in_(kinds),
                OutboxRow.failed_at.is_not(None),
                OutboxRow.failed_at >= clock.now() - FAILED_KEEPS,
            )
            .order_by(OutboxRow.failed_at.desc(), OutboxRow.id.desc())
            .limit(most)
        )
    )


def retry(db: Session, row_id: int) -> bool:
    """Let a row that was given up be run again from the first rung; tell whether there was one."""
    changed = db.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == row_id,
            OutboxRow.failed_at.is_not(None),
            OutboxRow.failed_at >= clock.now() - FAILED_KEEPS,
        )
        .values(failed_at=None, attempts=0, not_before=clock.now(), error=None)
    )
    db.info["outbox_filled"] = True
    return isinstance(changed, CursorResult) and changed.rowcount == 1


def purge(db: Session, settings: Settings) -> int:
    """Remove rows done or given up long ago, and what old failures carry; return how many went.

    A row that went no longer keeps its `dedupe` key from being queued anew: its time must outlast
    whatever could ask again.
    """
    moment = clock.now()
    db.execute(
        update(OutboxRow)
        .where(OutboxRow.failed_at < moment - FAILED_KEEPS, OutboxRow.payload != {})
        .values(payload={})
    )
    over = retention.over_since(settings, RetentionClass.LETTER_SENT)
    gone = db.execute(
        delete(OutboxRow).where(or_(OutboxRow.done_at < over, OutboxRow.failed_at < over))
    )
    return gone.rowcount if isinstance(gone, CursorResult) else 0
