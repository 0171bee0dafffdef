"""Putting a bank into service: asked for by a coordinator, simulated apart, followed, written.

The simulation takes from seconds to minutes: it is a run (`kernel.runs`), so that letters never
wait for it.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kernel import audit
from kernel.db import LOCK, Database
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from kernel.runs import Finish, Progress, Runs
from written_test.items import releasing
from written_test.models import Bank, ReleaseRun

BROKEN: Final = N_(
    "La simulation s'est interrompue, et la banque sert comme avant. Demandez de nouveau la mise "
    "en service ; si cela se répète, dites-le à la personne qui exploite la plateforme."
)


def topic(bank_id: int) -> str:
    """Return what pages watch to follow a bank's releases."""
    return f"bank:{bank_id}"


RUNS: Final = Runs(ReleaseRun, "bank.release", BROKEN, lambda run: topic(run.bank_id))


def ask(db: Session, actor: Actor, bank: Bank) -> ReleaseRun:
    """Ask for a bank to be put into service; what is being made already is given.

    Raises:
        Forbidden: only a coordinator may.
        Refused: nothing changed since the last release, or the bank cannot make a test.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=LOCK)
    last = latest(db, bank.id)
    if last is not None and last.is_open:
        return last
    why = releasing.obstacle(db, bank.id)
    if why is not None:
        raise why
    if not releasing.difference(db, bank.id):
        raise Refused(N_("Rien n'a changé depuis la dernière mise en service de cette banque."))
    run = RUNS.ask(db, ReleaseRun(bank_id=bank.id, asked_by_id=actor.user_id))
    audit.record(db, actor, "release.ask", run, bank=bank.id)
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


def begin(database: Database, run_id: int) -> threading.Thread:
    """Make a release on a thread of its own, which waits for the one before; return the thread."""
    return RUNS.begin(run_id, partial(make, database, run_id))


def make(
    database: Database,
    run_id: int,
    *,
    candidates: int = releasing.CANDIDATES,
    rounds: int = releasing.ROUNDS,
) -> None:
    """Make the release that a run asks for, saying how far it is; again changes nothing."""
    RUNS.carry_out(database, run_id, partial(_simulate, candidates, rounds))


def _simulate(candidates: int, rounds: int, progress: Progress) -> Finish[ReleaseRun]:
    with progress.database.session(read_only=True) as db:
        plan = releasing.prepare(db, db.get_one(ReleaseRun, progress.run_id).bank)
    simulated = releasing.simulated(plan, candidates, rounds, progress)

    def keep(db: Session, run: ReleaseRun) -> None:
        release = releasing.keep(db, run.asked_by.actor, run.bank, plan, *simulated)
        run.release_id = release.id

    return keep
