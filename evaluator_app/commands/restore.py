"""`viva restore check`: what a restored installation lacks, and what must be done before it opens.

It is meant for the moment between a restore and the start of the processes. Whatever waits in the
outbox is as old as the copy: it may have left since. `--settle` holds that back and ends the orals
that the copy left running; nothing else is changed.
"""

from __future__ import annotations

import sys
from argparse import Namespace

from sqlalchemy.orm import Session

from evaluator_app.commands import doctor_files
from evaluator_app.commands.findings import Finding
from evaluator_app.wiring import migrate, rules
from kernel import audit, held_back, pulse, storage
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings, load
from people import letters, recovering
from results import confirming
from results.validation import ISSUE
from rooms import restored

LEAVE = (*letters.KINDS, ISSUE, confirming.KIND, recovering.KIND)
"""Letters, and the work that ends in letters."""
SETTLE = "viva restore check --settle"


def run(arguments: Namespace) -> int:
    """Print a line a part; settle first if asked; fail until nothing is left to do."""
    settings = load()
    rules.register()
    database = Database(settings.database)
    try:
        if migrate.revision(database) != migrate.newest():
            print("viva restore check: first bring its shape up: viva db upgrade", file=sys.stderr)
            return 1
        with database.session(read_only=True) as db:
            stopped = _stopped(db)
        if arguments.settle:
            if not stopped.well:
                print(f"viva restore check: {stopped.words}: {stopped.mend}", file=sys.stderr)
                return 1
            _settle(database)
        with database.session(read_only=True) as db:
            findings = [stopped, *_look(db, settings)]
    finally:
        database.dispose()
    for finding in findings:
        print(f"{'OK  ' if finding.well else 'TODO'}  {finding.part:<9}  {finding.words}")
        if not finding.well:
            print(f"{'':17}{finding.mend}")
    return 0 if all(finding.well for finding in findings) else 1


def _settle(database: Database) -> None:
    with database.transaction() as db:
        ended = restored.end_running(db, SYSTEM)
        held = held_back.hold_back(db, SYSTEM, LEAVE)
    print(f"{len(ended)} orals ended, {len(held)} letters held back")


def _look(db: Session, settings: Settings) -> list[Finding]:
    kept = storage.from_settings(settings)
    lost = [kind for kind in doctor_files.compare(db, kept) if kind.lost]
    files = "; ".join(kind.words for kind in lost) or "every file that a row names is kept"
    running = ", ".join(str(interview.id) for interview in restored.running(db))
    waiting = len(held_back.waiting(db, LEAVE))
    return [
        _log(db, settings),
        Finding(
            "files",
            not lost,
            files,
            "copy them from the files' copy; a lost document is made again from its candidacy",
        ),
        Finding("orals", not running, f"left running: {running or 'none'}", SETTLE),
        Finding("letters", not waiting, f"{waiting} wait, and may have left already", SETTLE),
    ]


def _stopped(db: Session) -> Finding:
    alive = pulse.alive(db, "jobs")
    words = "the jobs process runs" if alive else "the jobs process is stopped"
    return Finding("processes", not alive, words, "stop viva serve, or viva worker")


def _log(db: Session, settings: Settings) -> Finding:
    log = audit.verify(db, settings.secrets, settings.head_file)
    words = "; ".join(log.faults) or f"whole: {log.sealed} entries sealed"
    mend = "put the head of the copy in place, or look, then viva audit accept --reason …"
    return Finding("audit", log.sound, words, mend)
