"""A recording in one file to hand over: asked for by a coordinator, made apart, gone in time.

The file is made by a child of the jobs process at the lowest priority, so that letters and orals
never wait for it. A copy whose maker went silent is begun again.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kernel import audit, clock, outbox
from kernel.db import Database
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission, check
from kernel.storage import NotStored, Storage
from rooms import recordings
from rooms.models import CopyState, Interview, RecordingCopy, RecordingState

log = structlog.get_logger(__name__)

MAKE = "recording.copy"
SILENT = timedelta(minutes=2)
"""A maker says more often than that that it lives."""
_OPEN = (CopyState.WAITING, CopyState.RUNNING)
_TELL_EVERY = timedelta(seconds=1)
_one_at_a_time = threading.Lock()


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
    for found in of_interview(db, interview):
        if found.state in _OPEN:
            return found
    moment = clock.now()
    copy = RecordingCopy(
        interview_id=interview.id,
        asked_by_id=actor.user_id,
        reason=reason.strip()[:500],
        asked_at=moment,
        seen_at=moment,
    )
    db.add(copy)
    db.flush()
    audit.record(
        db, actor, "recording.copy_ask", copy, candidacy_id=interview.appointment.candidacy_id
    )
    outbox.enqueue(db, MAKE, {"copy": copy.id})
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
    thread = threading.Thread(
        target=make, args=(database, storage, copy_id), name=f"copy-{copy_id}", daemon=True
    )
    thread.start()
    return thread


def make(database: Database, storage: Storage, copy_id: int) -> None:
    """Make a copy, and say how far it is; one that is made already stays as it is."""
    with _one_at_a_time:
        with database.transaction() as db:
            copy = db.get(RecordingCopy, copy_id)
            if copy is None or copy.state not in _OPEN:
                return
            names = _names(db, copy.interview)
            copy.state, copy.share, copy.seen_at = CopyState.RUNNING, 0.0, clock.now()
        if not names:
            _end(database, copy_id, None, 0)
            return
        key = f"recordings/{names[0]}/copy-{copy_id}.mp4"
        why = _run(database, copy_id, [key, *names])
        try:
            size = storage.size(key) if not why else 0
        except NotStored:
            why, size = "nothing was written", 0
        if why:
            log.error("copy_failed", copy=copy_id, why=why)
        if not _end(database, copy_id, None if why else key, size):
            storage.delete(key)


def pick_up(db: Session) -> int:
    """Queue again the copies that nobody makes any more; return how many."""
    found = db.scalars(
        select(RecordingCopy).where(
            RecordingCopy.state.in_(_OPEN), RecordingCopy.seen_at < clock.now() - SILENT
        )
    ).all()
    for copy in found:
        copy.seen_at = clock.now()
        outbox.enqueue(db, MAKE, {"copy": copy.id})
    return len(found)


def _names(db: Session, interview: Interview) -> list[str]:
    return [
        recording.name
        for recording in recordings.of_interview(db, interview)
        if recording.state is RecordingState.READY
    ]


def _run(database: Database, copy_id: int, arguments: list[str]) -> str:
    """Run the child to its end; return why it failed, or nothing."""
    command = [sys.executable, "-m", "rooms.media.copying", *arguments]
    told = clock.now()
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        for line in child.stdout or ():
            if clock.now() - told >= _TELL_EVERY:
                told = clock.now()
                _say(database, copy_id, float(line))
        error = child.stderr.read() if child.stderr else ""
    return "" if child.returncode == 0 else error.strip() or f"exit {child.returncode}"


def _say(database: Database, copy_id: int, share: float) -> None:
    with database.transaction() as db:
        copy = db.get_one(RecordingCopy, copy_id)
        copy.share, copy.seen_at = share, clock.now()


def _end(database: Database, copy_id: int, key: str | None, size: int) -> bool:
    """Say what became of a copy; return False if its recording was purged meanwhile."""
    with database.transaction() as db:
        copy = db.get_one(RecordingCopy, copy_id)
        if copy.state is CopyState.PURGED:
            return False
        copy.state = CopyState.READY if key else CopyState.FAILED
        copy.key, copy.size, copy.share, copy.seen_at = key, size or None, 1.0, clock.now()
    return True
