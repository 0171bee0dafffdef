"""What the media server tells, turned into rows: who is connected, how well, what was recorded.

Facts come in order, each with a number that never goes back; the last one absorbed is kept in the
same transaction as what it changed, so that one told twice changes nothing. A part stands still
while somebody's connection is lost, from the last that was heard of them on: the candidate does
not lose the time that the network took.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from kernel import clock, retention
from kernel.db import LOCK
from kernel.errors import N_
from kernel.retention import RetentionClass
from kernel.settings import Settings
from kernel.storage import NotStored, Storage
from rooms import alarms, incidents, observing, pausing
from rooms.alarms import Failure
from rooms.changes import tell
from rooms.engines import Fact, FactKind, Role
from rooms.models import (
    DeviceClaim,
    Interview,
    InterviewState,
    MediaCursor,
    Recording,
    RecordingState,
    TalkTime,
)
from rooms.timers import PARTS

log = structlog.get_logger(__name__)

_ROLES = ("evaluator", "candidate")
_QUALITY = ("rtt_ms", "loss_up", "loss_down", "kbps_up", "kbps_down", "bars")
INTERRUPTED = N_(
    "L'enregistrement s'est interrompu (disque plein ou illisible). L'entretien continue et "
    "l'enregistrement reprendra dès que possible ; ce qui n'a pas été gardé sera visible."
)
# Nobody was lost: another connection stands, the oral ended, or one that was tried came to nothing.
_QUIET = ("replaced", "room_closed", "never_connected")


def cursor(db: Session) -> int:
    """Return the number of the last fact absorbed."""
    return db.scalar(select(MediaCursor.seq).where(MediaCursor.id == 1)) or 0


def absorb(db: Session, storage: Storage, fact: Fact, settings: Settings) -> bool:
    """Turn one fact into rows; return False if it had been before.

    One that cannot be understood is logged and passed over, so that it stops nothing behind it.
    """
    if not skip(db, fact):
        return False
    try:
        with db.begin_nested():
            _take(db, storage, fact, settings)
    except (ValueError, TypeError, KeyError, ArithmeticError):
        log.exception("fact_passed_over", seq=fact.seq, kind=str(fact.kind))
    return True


def _take(db: Session, storage: Storage, fact: Fact, settings: Settings) -> None:
    if fact.kind is FactKind.SERVER_STARTED:
        _cursor(db).started_at = _moment(fact)
        everybody_gone(db, _moment(fact))
        return
    interview = db.scalar(_interview_of(fact).with_for_update(**LOCK))
    if interview is None:
        log.warning("fact_of_unknown_room", kind=str(fact.kind), seq=fact.seq)
    elif fact.data.get("role") == Role.OBSERVER:
        observing.note(db, interview, fact, _moment(fact))
    elif (act := _ACTS.get(fact.kind)) is not None:
        act(db, interview, fact)
    elif fact.kind in _RECORDED:
        _recorded(db, storage, interview, fact, settings)


def _interview_of(fact: Fact) -> Select[Interview]:
    """Find the interview by its room; what a crash interrupted is told by its recording alone."""
    if fact.room or "recording" not in fact.data:
        return select(Interview).where(Interview.room == fact.room)
    name = str(fact.data["recording"])
    return select(Interview).where(
        Interview.id.in_(select(Recording.interview_id).where(Recording.name == name))
    )


def _cursor(db: Session) -> MediaCursor:
    row = db.get(MediaCursor, 1, with_for_update=LOCK)
    if row is None:
        row = MediaCursor(id=1, seq=0)
        db.add(row)
    return row


def skip(db: Session, fact: Fact) -> bool:
    """Note that everything up to `fact` has been read; return False if it had been before."""
    row = _cursor(db)
    if fact.seq <= row.seq:
        return False
    row.seq = fact.seq
    db.flush()
    return True


def running(db: Session) -> list[Interview]:
    """Return the interviews that must be recorded now, after the media server came back."""
    query = select(Interview).where(Interview.state == InterviewState.RUNNING)
    return list(db.scalars(query.order_by(Interview.id)))


def _moment(fact: Fact) -> datetime:
    """Return when it happened on our clock, which the demo and the tests may move."""
    return fact.at + clock.offset()


def _claims(db: Session, interview: Interview) -> dict[str, DeviceClaim]:
    """Return the claims of the two people by role."""
    evaluator = interview.appointment.evaluator_id
    return {
        "evaluator" if row.user_id == evaluator else "candidate": row
        for row in db.scalars(
            select(DeviceClaim)
            .where(DeviceClaim.interview_id == interview.id)
            .order_by(DeviceClaim.id)
        )
    }


def _came(db: Session, interview: Interview, fact: Fact) -> None:
    claims = _claims(db, interview)
    claim = claims.get(str(fact.data.get("role")))
    if claim is None:
        return
    claim.media_up, claim.seen_at = True, max(claim.seen_at, _moment(fact))
    if all(held.media_up for held in claims.values()):
        pausing.go_on(db, interview, _moment(fact))
    tell(db, interview)


def _went(db: Session, interview: Interview, fact: Fact) -> None:
    if fact.data.get("why") in _QUIET:
        return
    claim = _claims(db, interview).get(str(fact.data.get("role")))
    if claim is None:
        return
    claim.media_up, claim.quality = False, {}
    silent = timedelta(seconds=float(fact.data.get("seconds") or 0))
    pausing.stand_still(db, interview, _moment(fact) - silent)
    tell(db, interview)


def everybody_gone(db: Session, moment: datetime) -> None:
    """Say that the media server carries nobody since `moment`: it died, or started anew."""
    up = select(DeviceClaim.interview_id).where(DeviceClaim.media_up)
    for interview in db.scalars(select(Interview).where(Interview.id.in_(up))):
        pausing.stand_still(db, interview, moment)
        tell(db, interview)
    db.execute(update(DeviceClaim).where(DeviceClaim.media_up).values(media_up=False, quality={}))
    observing.everybody_gone(db, moment)


def _quality(db: Session, interview: Interview, fact: Fact) -> None:
    # No bump: it comes every few seconds, and each heartbeat brings it to the page anyhow.
    claim = _claims(db, interview).get(str(fact.data.get("role")))
    if claim is None or fact.data.get("bars") == 0:  # nothing arrives: they are away as before
        return
    claim.quality = {name: fact.data.get(name) for name in _QUALITY}
    if not claim.media_up:
        _came(db, interview, fact)


def _talk(db: Session, interview: Interview, fact: Fact) -> None:
    role, part = str(fact.data.get("role")), fact.data.get("part")
    seconds = float(fact.data.get("seconds") or 0)
    if role not in _ROLES or part not in PARTS or seconds <= 0:
        return
    row = db.scalar(
        select(TalkTime).where(
            TalkTime.interview_id == interview.id, TalkTime.role == role, TalkTime.part == part
        )
    )
    if row is None:
        row = TalkTime(interview_id=interview.id, role=role, part=int(part), seconds=0.0)
        db.add(row)
    row.seconds += seconds


def _recorded(
    db: Session, storage: Storage, interview: Interview, fact: Fact, settings: Settings
) -> None:
    row = db.scalar(
        select(Recording).where(
            Recording.name == str(fact.data.get("recording")),
            Recording.interview_id == interview.id,
        )
    )
    if row is None or row.state is RecordingState.PURGED:
        return
    if fact.kind is FactKind.RECORDING_READY:
        if not keep_manifest(storage, interview, row):
            alarms.recording_failed(db, settings, interview, row, Failure.MISSING)
    elif fact.kind is FactKind.RECORDING_FAILED:
        log.error("recording_failed", interview=interview.id, why=str(fact.data.get("why")))
        _failed(db, settings, interview, row)
    elif fact.kind is FactKind.RECORDING_STARTED:
        if row.state is RecordingState.FAILED and interview.state is InterviewState.RUNNING:
            row.state = RecordingState.RUNNING
    elif row.state is RecordingState.RUNNING and interview.state is not InterviewState.RUNNING:
        row.state, row.ended_at = RecordingState.MUXING, _moment(fact)
    if fact.kind in (FactKind.RECORDING_READY, FactKind.RECORDING_FAILED):
        # One that failed is forgotten in time as well: what was kept of it is somebody's voice.
        row.purge_after = purge_time(row.ended_at or _moment(fact), settings)
    tell(db, interview)


def purge_time(ended_at: datetime, settings: Settings) -> datetime:
    """Return until when a recording is kept."""
    return retention.until(settings, RetentionClass.RECORDING, ended_at)


def _failed(db: Session, settings: Settings, interview: Interview, row: Recording) -> None:
    if row.state is RecordingState.READY:
        return
    if row.state is RecordingState.RUNNING:
        incidents.note_failure(db, interview, INTERRUPTED)
    runs = interview.state is InterviewState.RUNNING
    failure = Failure.INTERRUPTED if runs else Failure.UNPLAYABLE
    alarms.recording_failed(db, settings, interview, row, failure)
    row.state = RecordingState.FAILED


def keep_manifest(storage: Storage, interview: Interview, row: Recording) -> bool:
    """Keep what the files are, without the loudness; return False when they are not there."""
    try:
        manifest: Mapping[str, Any] = json.loads(
            storage.bytes(f"recordings/{row.name}/manifest.json")
        )
    except NotStored:
        log.error("manifest_missing", recording=row.name)
        row.state = RecordingState.FAILED
        return False
    row.manifest = {key: value for key, value in manifest.items() if key != "peaks"}
    if interview.state is not InterviewState.RUNNING:  # else a crash cut it, and it goes on
        row.state = RecordingState.READY
    return True


_RECORDED = (
    FactKind.RECORDING_STARTED,
    FactKind.RECORDING_STOPPED,
    FactKind.RECORDING_READY,
    FactKind.RECORDING_FAILED,
)
_ACTS: dict[FactKind, Callable[[Session, Interview, Fact], None]] = {
    FactKind.PEER_UP: _came,
    FactKind.PEER_HEARD: _came,
    FactKind.PEER_DOWN: _went,
    FactKind.PEER_SILENT: _went,
    FactKind.QUALITY: _quality,
    FactKind.TALK_TIME: _talk,
}
