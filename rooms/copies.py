"""A recording in one file to hand over: asked for by a coordinator, made apart, gone in time.

It is a run (`kernel.runs`); the file is made by a child of the jobs process at the lowest priority,
so that letters and orals never wait for it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kernel import audit
from kernel.db import Database
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission, check
from kernel.runs import Finish, Progress, Runs
from kernel.storage import Storage
from rooms import recordings
from rooms.models import Interview, RecordingCopy, RecordingState

BROKEN: Final = N_("La copie n'a pas pu être faite. Demandez-la de nouveau.")
RUNS: Final = Runs(RecordingCopy, "recording.copy", BROKEN)


def ask(db: Session, actor: Actor, interview: Interview, reason: str) -> RecordingCopy:
    """Ask for the whole recording of an oral in one file; one that is being made is given.

    Raises:
        Forbidden: only a coordinator may.
        Invalid: no reason (field `reason`).
        Refused: nothing is ready to be copied.
    """
    check(db, actor, Permission.COPY_RECORDING, interview)
    if not reason.strip():
        raise Invalid(N_("Dites pour qui est la copie, et pourquoi."), "reason")
    if not _names(db, interview):
        raise Refused(N_("Cet entretien n'a pas d'enregistrement prêt à copier."))
    for copy in of_interview(db, interview):
        if copy.is_open:
            return copy
    copy = RUNS.ask(
        db,
        RecordingCopy(
            interview_id=interview.id, asked_by_id=actor.user_id, reason=reason.strip()[:500]
        ),
    )
    audit.record(
        db, actor, "recording.copy_ask", copy, candidacy_id=interview.appointment.candidacy_id
    )
    return copy


def of_interview(db: Session, interview: Interview) -> list[RecordingCopy]:
    """Return the copies that were asked for, the newest first."""
    return list(
        db.scalars(
            select(RecordingCopy)
            .where(RecordingCopy.interview_id == interview.id)
            .options(joinedload(RecordingCopy.asked_by))
            .order_by(RecordingCopy.id.desc())
        )
    )


def file(interview: Interview, copy: RecordingCopy | None) -> str:
    """Return the storage name of a copy of this interview.

    Raises:
        NotThere: no such copy of this interview, or it is not ready.
    """
    if copy is None or copy.interview_id != interview.id or copy.key is None:
        raise NotThere
    return copy.key


def begin(database: Database, storage: Storage, copy_id: int) -> threading.Thread:
    """Make a copy on a thread of its own, which waits for the one before; return the thread."""
    return RUNS.begin(copy_id, partial(make, database, storage, copy_id))


def make(database: Database, storage: Storage, copy_id: int) -> None:
    """Make a copy, and say how far it is; one that is made already stays as it is."""
    keys: list[str] = []
    if not RUNS.carry_out(database, copy_id, partial(_copy, storage, keys)):
        for key in keys:
            storage.delete(key)


def _copy(storage: Storage, keys: list[str], progress: Progress) -> Finish[RecordingCopy]:
    """Have the file written; its name is put into `keys` before anything is."""
    with progress.database.session(read_only=True) as db:
        names = _names(db, db.get_one(RecordingCopy, progress.run_id).interview)
    if not names:
        raise Refused(BROKEN)
    key = f"recordings/{names[0]}/copy-{progress.run_id}-{progress.attempt}.mp4"
    keys.append(key)
    _run([key, *names], progress)
    size = storage.size(key)

    def keep(_db: Session, copy: RecordingCopy) -> None:
        copy.key, copy.size = key, size

    return keep


def _names(db: Session, interview: Interview) -> list[str]:
    return [
        recording.name
        for recording in recordings.of_interview(db, interview)
        if recording.state is RecordingState.READY
    ]


def _run(arguments: list[str], progress: Progress) -> None:
    """Run the child to its end, or until the run is stopped.

    Raises:
        RuntimeError: it failed; what it said stands in the log.
    """
    command = [sys.executable, "-m", "rooms.media.copying", *arguments]
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            for line in child.stdout or ():
                progress(float(line))
        except BaseException:
            child.kill()
            raise
        error = child.stderr.read() if child.stderr else ""
    if child.returncode:
        msg = error.strip() or f"exit {child.returncode}"
        raise RuntimeError(msg)
