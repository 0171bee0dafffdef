"""Large files of questions brought in apart, as a run: pages stay quick, and say how far it is.

What takes long is reading the file and keeping its pictures and sounds. Both happen with no
transaction open; the rows then come all at once, as with a small file.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.db import LOCK, Database
from kernel.errors import N_
from kernel.permissions import Actor, Permission, check
from kernel.runs import OPEN, Finish, Progress, Runs
from kernel.storage import Storage
from written_test.items import importing, incoming
from written_test.models import Bank, ItemImportRun

LARGE: Final = 500
"""So many questions that change anything are brought in by a run."""
BROKEN: Final = N_(
    "L'import s'est interrompu, et la banque n'a pas changé. Recommencez ; si cela se répète, "
    "dites-le à la personne qui exploite la plateforme."
)
RUNS: Final = Runs(ItemImportRun, "bank.import", BROKEN)


def ask(db: Session, actor: Actor, bank: Bank, token: str, filename: str) -> ItemImportRun:
    """Ask for a staged file to be brought in; while that is done, the same run is given.

    Raises:
        Forbidden: only a coordinator may.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=LOCK)
    same = select(ItemImportRun).where(ItemImportRun.token == token, ItemImportRun.state.in_(OPEN))
    run = db.scalar(same)
    if run is not None:
        return run
    run = RUNS.ask(
        db,
        ItemImportRun(
            bank_id=bank.id, asked_by_id=actor.user_id, token=token, filename=filename[:200]
        ),
    )
    audit.record(db, actor, "bank.import_ask", run, bank=bank.id)
    return run


def cancel(db: Session, actor: Actor, run: ItemImportRun) -> bool:
    """Stop a run, which leaves the bank as it was; return False where it had ended.

    Raises:
        Forbidden: only a coordinator may.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    stopped = RUNS.cancel(db, run)
    if stopped:
        audit.record(db, actor, "bank.import_cancel", run, bank=run.bank_id)
    return stopped


def begin(database: Database, storage: Storage, run_id: int) -> threading.Thread:
    """Bring a file in on a thread of its own; return the thread."""
    return RUNS.begin(run_id, partial(make, database, storage, run_id))


def make(database: Database, storage: Storage, run_id: int) -> None:
    """Bring in the file of a run, saying how far it is; again changes nothing."""
    RUNS.carry_out(database, run_id, partial(_bring_in, storage))


def _bring_in(storage: Storage, progress: Progress) -> Finish[ItemImportRun]:
    with progress.database.session(read_only=True) as db:
        run = db.get_one(ItemImportRun, progress.run_id)
        upload = incoming.fetch(storage, run.asked_by.actor, run.bank, run.token)
    importing.keep_media(storage, upload, progress)

    def keep(db: Session, run: ItemImportRun) -> None:
        actor = run.asked_by.actor
        _report, row = importing.bring_in(db, actor, storage, run.bank, upload)
        run.import_id = row.id if row is not None else None

    return keep
