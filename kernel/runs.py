"""Work that takes from seconds to minutes: asked for, followed, cancelled, resumed after a crash.

A run is a row of the noun whose work it is: the columns are `Run`'s, what it is about is its own.
`Runs` is the machine: it queues the row in the outbox, works it off on a thread of the jobs process
with no transaction open, writes how far it is, and ends it in one transaction together with what it
made. A run whose process died says nothing for a while and is begun again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar, cast

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock, live, outbox
from kernel.db import LOCK, Database
from kernel.errors import Refused, VivaError

log = structlog.get_logger(__name__)

SILENT: Final = timedelta(minutes=2)
"""Whoever works says more often than that how far it is."""
TELL_EVERY: Final = timedelta(seconds=1)


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN: Final = (RunState.WAITING, RunState.RUNNING)


class Run:
    """The columns of a run, for a row of the noun that it belongs to."""

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(default=RunState.WAITING)
    share: Mapped[float] = mapped_column(default=0.0)  # done, 0 to 1
    seen_at: Mapped[datetime]  # when whoever works on it last said so
    attempt: Mapped[int] = mapped_column(default=0)  # how often it was begun
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)  # message and params of a failure

    @property
    def is_open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN

    @property
    def failure(self) -> Refused | None:
        """Return why it failed, in words that the edge translates; None: it did not."""
        if self.state is not RunState.FAILED:
            return None
        return Refused(self.why["message"], **self.why["params"])


R = TypeVar("R", bound=Run)
Finish = Callable[[Session, R], None]
"""What is written together with the end of a run."""


class Stopped(Exception):
    """The run was cancelled, or begun again elsewhere: whoever works on it is to stop."""


class Progress:
    """What work says while it goes on, and hears: how far it is, whether it is to stop."""

    def __init__(
        self,
        row: type[Run],
        database: Database,
        run_id: int,
        attempt: int,
        topic: str | None,
    ) -> None:
        """Speak for one attempt at one run."""
        self.database, self.run_id, self.attempt = database, run_id, attempt
        self._row, self._topic, self._told = row, topic, clock.now()

    def __call__(self, done: float, total: float = 1.0) -> None:
        """Say that `done` of `total` is; written at most once a second.

        Raises:
            Stopped: there is no use in going on.
        """
        if clock.now() - self._told < TELL_EVERY:
            return
        self._told = clock.now()
        row = self._row
        with self.database.transaction() as db:
            mine = update(row).where(
                row.id == self.run_id,
                row.state == RunState.RUNNING,
                row.attempt == self.attempt,
            )
            said = db.execute(mine.values(share=done / total, seen_at=clock.now()))
            if not cast("CursorResult[Any]", said).rowcount:
                raise Stopped
            if self._topic is not None:
                live.publish(db, self._topic)


class Runs(Generic[R]):
    """The machine of one kind of run."""

    def __init__(
        self, row: type[R], kind: str, broken: str, topic: Callable[[R], str] | None = None
    ) -> None:
        """Know the rows, the kind of their outbox rows, words for a breakdown, what pages watch."""
        self.row, self.kind, self.broken, self._topic = row, kind, broken, topic
        self._one_at_a_time, self._begun = threading.Lock(), dict[int, threading.Thread]()
        _all.append(self)

    def ask(self, db: Session, run: R) -> R:
        """Queue a run that is not in the database yet."""
        run.asked_at = run.seen_at = clock.now()
        run.why = {}
        db.add(run)
        db.flush()
        outbox.enqueue(db, self.kind, {"run": run.id})
        self._publish(db, run)
        return run

    def cancel(self, db: Session, run: R) -> bool:
        """Stop a run, whoever works on it within a second; return False where it had ended."""
        db.refresh(run, with_for_update=LOCK)
        if not run.is_open:
            return False
        run.state, run.seen_at = RunState.CANCELLED, clock.now()
        self._publish(db, run)
        return True

    def begin(self, run_id: int, work: Callable[[], object]) -> threading.Thread:
        """Let `work` carry a run out on a thread of its own; asked again, return the same one."""
        self._begun = {run: thread for run, thread in self._begun.items() if thread.is_alive()}
        if run_id not in self._begun:
            thread = threading.Thread(target=work, name=f"{self.kind}-{run_id}", daemon=True)
            self._begun[run_id] = thread
            thread.start()
        return self._begun[run_id]

    def carry_out(
        self, database: Database, run_id: int, work: Callable[[Progress], Finish[R]]
    ) -> bool:
        """Work a run off, one of its kind at a time; tell whether it is done by this very call.

        `work` holds no transaction, says how far it is, and returns what is to be written at the
        end. What it refuses is kept for whoever asked; so is, in general words, what breaks.
        """
        with self._one_at_a_time:
            progress = self._claim(database, run_id)
            if progress is None:
                return False
            try:
                self._end(progress, work(progress))
            except Stopped:
                log.info("run_stopped", kind=self.kind, run=run_id)
            except VivaError as error:
                self._fail(progress, error)
            except Exception:
                log.exception("run_failed", kind=self.kind, run=run_id)
                self._fail(progress, Refused(self.broken))
            else:
                return True
            return False

    def pick_up(self, db: Session) -> int:
        """Queue again the runs that nobody works on any more; return how many."""
        silent = db.scalars(
            select(self.row)
            .where(self.row.state.in_(OPEN), self.row.seen_at < clock.now() - SILENT)
            .with_for_update(**LOCK, skip_locked=True)  # whoever ends one holds it
        ).all()
        for run in silent:
            run.state, run.seen_at = RunState.WAITING, clock.now()
            outbox.enqueue(db, self.kind, {"run": run.id})
        return len(silent)

    def _claim(self, database: Database, run_id: int) -> Progress | None:
        with database.transaction() as db:
            run = db.get(self.row, run_id, with_for_update=LOCK)
            if run is None or run.state is not RunState.WAITING:
                return None
            run.state, run.share, run.seen_at = RunState.RUNNING, 0.0, clock.now()
            run.attempt += 1
            self._publish(db, run)
            topic = self._topic(run) if self._topic else None
            return Progress(self.row, database, run_id, run.attempt, topic)

    def _end(self, progress: Progress, finish: Finish[R]) -> None:
        with progress.database.transaction() as db:
            run = self._mine(db, progress)
            finish(db, run)
            run.state, run.share, run.seen_at = RunState.DONE, 1.0, clock.now()
            self._publish(db, run)

    def _fail(self, progress: Progress, error: VivaError) -> None:
        try:
            with progress.database.transaction() as db:
                run = self._mine(db, progress)
                run.state, run.seen_at = RunState.FAILED, clock.now()
                run.why = {"message": error.message, "params": error.params}
                self._publish(db, run)
        except Stopped:
            log.info("run_stopped", kind=self.kind, run=progress.run_id)

    def _publish(self, db: Session, run: R) -> None:
        if self._topic is not None:
            live.publish(db, self._topic(run))

    def _mine(self, db: Session, progress: Progress) -> R:
        run = db.get_one(self.row, progress.run_id, with_for_update=LOCK)
        if run.state is not RunState.RUNNING or run.attempt != progress.attempt:
            raise Stopped
        return run


_all: Final[list[Runs[Any]]] = []


def pick_up(database: Database) -> int:
    """Queue again the runs of every kind that nobody works on any more; return how many."""
    count = 0
    for runs in _all:
        with database.transaction() as db:
            count += runs.pick_up(db)
    return count
