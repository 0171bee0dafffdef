"""The recording of an oral: begun with it, resumed after a crash, played by ranges, purged in time.

`second()` is a moment on the oral's own timeline, 0 at « Commencer »: what notes are bound to. The
media server keeps one timeline a recording, even when a crash cut it in several dumps.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from enrolment import gates
from kernel import audit, clock, runs
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import SYSTEM, Actor
from kernel.runs import RunState
from kernel.storage import NotStored, Storage
from rooms.engines import Engine, EngineError
from rooms.models import (
    Interview,
    InterviewState,
    Recording,
    RecordingCopy,
    RecordingState,
    TalkTime,
)
from scheduling.models import Appointment

log = structlog.get_logger(__name__)

AN_ORAL = 400_000_000
"""Bytes of an oral of twenty minutes: what people sent, and the playable files made of it."""
NO_RECORDING = N_(
    "L'enregistrement ne peut pas commencer, donc l'entretien non plus. Réessayez dans quelques "
    "secondes ; si cela dure, signalez un incident technique : un autre rendez-vous sera donné "
    "sans frais au candidat."
)


def second(interview: Interview, now: datetime) -> float | None:
    """Return the moment on the oral's timeline in seconds; None before and after the oral."""
    if interview.started_at is None or interview.state is not InterviewState.RUNNING:
        return None
    return max(0.0, (now - interview.started_at).total_seconds())


def name_of(interview: Interview) -> str:
    """Return what the media server calls the recording of `interview`: always the same name.

    « Commencer » tried again after a lost answer then goes on with the recording that runs.
    """
    return hashlib.sha256(f"recording of {interview.room}".encode()).hexdigest()[:32]


def roll(engine: Engine, interview: Interview, part: int = 1) -> None:
    """Have the room recorded from now on, before the oral begins and outside of any transaction.

    Raises:
        Refused: the video server cannot; the oral may not begin then.
    """
    try:
        _drive(engine, interview.room, part, name_of(interview))
    except EngineError as error:
        log.error("recording_not_started", interview=interview.id, error=str(error))
        raise Refused(NO_RECORDING) from error


def begin(db: Session, actor: Actor, interview: Interview) -> Recording:
    """Note the recording that `roll` has begun."""
    recording = Recording(
        interview_id=interview.id, name=name_of(interview), started_at=clock.now()
    )
    db.add(recording)
    db.flush()
    audit.record(
        db,
        actor,
        "recording.start",
        recording,
        candidacy_id=interview.appointment.candidacy_id,
    )
    return recording


def resume(db: Session, interview: Interview, engine: Engine) -> None:
    """Have a room recorded again whose media server has lost everything.

    Raises:
        EngineError: the video server cannot.
    """
    running = db.scalar(
        select(Recording).where(
            Recording.interview_id == interview.id,
            Recording.state.in_((RecordingState.RUNNING, RecordingState.FAILED)),
        )
    )
    if running is not None and interview.state is InterviewState.RUNNING:
        _drive(engine, interview.room, interview.part, running.name)


def _drive(engine: Engine, room: str, part: int | None, name: str) -> None:
    engine.open(room)
    engine.set_part(room, part)
    engine.start_recording(room, name)


def mark_part(engine: Engine, interview: Interview) -> None:
    """Tell the recording which part runs; an oral does not wait for that, nor does a lock."""
    try:
        engine.set_part(interview.room, interview.part)
    except EngineError as error:
        log.warning("part_not_marked", interview=interview.id, error=str(error))


def stop(db: Session, interview: Interview) -> None:
    """Say that the recording is over; closing the room stops it, its files come later."""
    for recording in db.scalars(
        select(Recording).where(
            Recording.interview_id == interview.id, Recording.state == RecordingState.RUNNING
        )
    ):
        recording.state, recording.ended_at = RecordingState.MUXING, clock.now()


def of_interview(db: Session, interview: Interview) -> list[Recording]:
    """Return the recordings of an interview, in order."""
    query = select(Recording).where(Recording.interview_id == interview.id)
    return list(db.scalars(query.order_by(Recording.id)))


def talk(db: Session, interview: Interview) -> list[dict[str, Any]]:
    """Return how long each side spoke, as {part, role, seconds}, by part."""
    rows = db.scalars(
        select(TalkTime)
        .where(TalkTime.interview_id == interview.id)
        .order_by(TalkTime.part, TalkTime.role)
    )
    return [{"part": row.part, "role": row.role, "seconds": round(row.seconds, 1)} for row in rows]


def manifest(storage: Storage, recording: Recording) -> dict[str, Any] | None:
    """Return what the recording is made of, loudness included; None while it is not ready."""
    if recording.state is not RecordingState.READY:
        return None
    try:
        content: dict[str, Any] = json.loads(
            storage.bytes(f"recordings/{recording.name}/manifest.json")
        )
    except NotStored:
        return None
    return content


def segment(
    db: Session, interview: Interview, recording_id: int, index: int
) -> tuple[Recording, str]:
    """Return a recording and the storage name of one of its files.

    Raises:
        NotThere: no such recording of this interview, no such file, or they are not ready.
    """
    recording = db.get(Recording, recording_id) if recording_id < 2**31 else None
    if recording is None or recording.interview_id != interview.id:
        raise NotThere
    segments = (recording.manifest or {}).get("segments", [])
    if recording.state is not RecordingState.READY or not 0 <= index < len(segments):
        raise NotThere
    return recording, str(segments[index]["key"])


def purge(db: Session, storage: Storage) -> int:
    """Remove the recordings whose time is over; return how many went.

    A result withheld stops the clock.
    """
    due = db.scalars(
        select(Recording)
        .join(Interview, Interview.id == Recording.interview_id)
        .join(Appointment, Appointment.id == Interview.appointment_id)
        .where(
            Recording.purge_after <= clock.now(),
            Recording.state != RecordingState.PURGED,
            Appointment.candidacy_id.not_in(gates.withheld()),
        )
    ).all()
    for recording in due:
        for name in storage.names(f"recordings/{recording.name}"):
            storage.delete(name)
        recording.state, recording.manifest = RecordingState.PURGED, None
        copies = RecordingCopy.interview_id == recording.interview_id
        db.execute(update(RecordingCopy).where(copies).values(key=None))
        open_ = update(RecordingCopy).where(copies, RecordingCopy.state.in_(runs.OPEN))
        db.execute(open_.values(state=RunState.CANCELLED))
        audit.record(db, SYSTEM, "recording.purge", recording)
    if due:
        log.info("recordings_purged", count=len(due))
    return len(due)
