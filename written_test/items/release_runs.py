"""Putting a bank into service: asked for by a coordinator, simulated apart, followed, written.

The simulation takes from seconds to minutes: it runs on a thread of the jobs process, so that
letters never wait for it, and holds nothing in the database. One whose process died is begun again.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kernel import audit, clock, live, outbox
from kernel.db import LOCK, Database
from kernel.errors import N_, Refused, VivaError
from kernel.permissions import Actor, Permission, check
from written_test.items import releasing
from written_test.models import Bank, Release, ReleaseRun, RunState

log = structlog.get_logger(__name__)

MAKE: Final = "bank.release"
SILENT: Final = timedelta(minutes=2)
"""A simulation says more often than that how far it is."""
TELL_EVERY: Final = timedelta(seconds=1)
_OPEN = (RunState.WAITING, RunState.RUNNING)
_one_at_a_time = threading.Lock()
BROKEN: Final = N_(
    "La simulation s'est interrompue, et la banque sert comme avant. Demandez de nouveau la mise "
    "en service ; si cela se répète, dites-le à la personne qui exploite la plateforme."
)


def topic(bank_id: int) -> str:
    """Return what pages watch to follow a bank's releases."""
    return f"bank:{bank_id}"


def ask(db: Session, actor: Actor, bank: Bank) -> ReleaseRun:
    """Ask for a bank to be put into service; what is being made already is given.

    Raises:
        Forbidden: only a coordinator may.
        Refused: nothing changed since the last release, or the bank cannot make a test.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=LOCK)
    last = latest(db, bank.id)
    if last is not None and last.state in _OPEN:
        return last
    why = releasing.obstacle(db, bank.id)
    if why is not None:
        raise why
    if not releasing.difference(db, bank.id):
        raise Refused(N_("Rien n'a changé depuis la dernière mise en service de cette banque."))
    moment = clock.now()
    run = ReleaseRun(
        bank_id=bank.id, asked_by_id=actor.user_id, asked_at=moment, seen_at=moment, why={}
    )
    db.add(run)
    db.flush()
    audit.record(db, actor, "release.ask", run, bank=bank.id)
    outbox.enqueue(db, MAKE, {"run": run.id})
    live.publish(db, topic(bank.id))
    return run


def latest(db: Session, bank_id: int) -> ReleaseRun | None:
    """Return what was asked for last."""
    return db.scalar(
        select(ReleaseRun)
        .where(ReleaseRun.bank_id == bank_id)
        .options(joinedload(ReleaseRun.asked_by))
        .order_by(ReleaseRun.id.desc())
        .limit(1)
    )


def why(run: ReleaseRun) -> Refused | None:
    """Return why a run failed, in words that the edge translates."""
    if run.state is not RunState.FAILED:
        return None
    return Refused(run.why["message"], **run.why["params"])


def begin(database: Database, run_id: int) -> threading.Thread:
    """Make a release on a thread of its own, which waits for the one before; return the thread."""
    thread = threading.Thread(
        target=make, args=(database, run_id), name=f"release-{run_id}", daemon=True
    )
    thread.start()
    return thread


def make(
    database: Database,
    run_id: int,
    *,
    candidates: int = releasing.CANDIDATES,
    rounds: int = releasing.ROUNDS,
) -> None:
    """Make the release that a run asks for, saying how far it is; again changes nothing."""
    with _one_at_a_time:
        try:
            _make(database, run_id, candidates, rounds)
        except VivaError as error:
            _fail(database, run_id, error)
        except Exception:
            log.exception("release_failed", run=run_id)
            _fail(database, run_id, Refused(BROKEN))


def pick_up(db: Session) -> int:
    """Queue again the runs that nobody works on any more; return how many."""
    found = db.scalars(
        select(ReleaseRun).where(
            ReleaseRun.state.in_(_OPEN), ReleaseRun.seen_at < clock.now() - SILENT
        )
    ).all()
    for run in found:
        run.seen_at = clock.now()
        outbox.enqueue(db, MAKE, {"run": run.id})
    return len(found)


def _make(database: Database, run_id: int, candidates: int, rounds: int) -> None:
    with database.transaction() as db:
        run = db.get(ReleaseRun, run_id)
        if run is None or run.state not in _OPEN:
            return
        run.state, run.share, run.seen_at = RunState.RUNNING, 0.0, clock.now()
        live.publish(db, topic(run.bank_id))
    with database.session(read_only=True) as db:
        plan = releasing.prepare(db, db.get_one(ReleaseRun, run_id).bank)
    found = releasing.simulated(plan, candidates, rounds, _Teller(database, run_id))
    with database.transaction() as db:
        run = db.get_one(ReleaseRun, run_id)
        release = releasing.keep(db, run.asked_by.actor, run.bank, plan, *found)
        _end(db, run, release)


class _Teller:
    """Say once a second how far a simulation is."""

    def __init__(self, database: Database, run_id: int) -> None:
        self.database, self.run_id, self.told = database, run_id, clock.now()

    def __call__(self, done: int, total: int) -> None:
        if clock.now() - self.told < TELL_EVERY:
            return
        self.told = clock.now()
        with self.database.transaction() as db:
            run = db.get_one(ReleaseRun, self.run_id)
            run.share, run.seen_at = done / total, clock.now()
            live.publish(db, topic(run.bank_id))


def _end(db: Session, run: ReleaseRun, release: Release) -> None:
    run.state, run.share, run.seen_at = RunState.DONE, 1.0, clock.now()
    run.release_id = release.id
    live.publish(db, topic(run.bank_id))


def _fail(database: Database, run_id: int, error: VivaError) -> None:
    with database.transaction() as db:
        run = db.get_one(ReleaseRun, run_id)
        run.state, run.seen_at = RunState.FAILED, clock.now()
        run.why = {"message": error.message, "params": error.params}
        live.publish(db, topic(run.bank_id))
