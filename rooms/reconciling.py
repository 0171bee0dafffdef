"""Recordings that wait to be made playable, held against what lies on the disk.

The media server tells that a recording is ready, and is believed at once. Should it die just then,
or its word be lost, the row would wait for ever: every minute, and so at each start, what waits is
compared with the storage. Nothing waits without somebody being told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import clock
from kernel.db import LOCK
from kernel.settings import Settings
from kernel.storage import Storage
from rooms import alarms
from rooms.alarms import Failure
from rooms.changes import tell
from rooms.facts import keep_manifest, purge_time
from rooms.models import Interview, Recording, RecordingState, TalkTime
from rooms.transitions import OVER

log = structlog.get_logger(__name__)

TOLD_WITHIN = timedelta(minutes=1)
"""What is ready is told by then."""

LONGEST = timedelta(minutes=10)
"""Making an oral playable takes seconds; beyond this somebody must look."""

NOTHING_SAID = {"segments": [], "parts": [], "gaps": [], "duration_s": 0.0}


def reconcile(db: Session, storage: Storage, settings: Settings) -> int:
    """Settle the recordings that wait for what will not come; return how many were."""
    moment = clock.now()
    numbers = db.scalars(
        select(Recording.id)
        .join(Interview, Interview.id == Recording.interview_id)
        .where(
            Recording.state == RecordingState.MUXING,
            Interview.state.in_(OVER),
            Recording.ended_at < moment - TOLD_WITHIN,
        )
        .order_by(Recording.id)
    ).all()
    return sum(_settle(db, storage, settings, number, moment) for number in numbers)


def _settle(
    db: Session, storage: Storage, settings: Settings, number: int, moment: datetime
) -> bool:
    """Write what the storage says of one recording; return whether it no longer waits."""
    row = db.get_one(Recording, number)
    interview = db.get_one(Interview, row.interview_id, with_for_update=LOCK)
    db.refresh(row)
    if row.state is not RecordingState.MUXING or row.ended_at is None:
        return False
    row.purge_after = row.purge_after or purge_time(row.ended_at, settings)
    names = storage.names(f"recordings/{row.name}")
    if any(name.endswith(".rtp") for name in names):
        if row.ended_at < moment - LONGEST:
            alarms.recording_failed(db, settings, interview, row, Failure.LATE)
        return False
    log.warning("recording_reconciled", recording=row.name, files=len(names))
    if any(name.endswith("/manifest.json") for name in names):
        keep_manifest(storage, interview, row)
    elif _anything_said(db, interview):
        row.state = RecordingState.FAILED
        alarms.recording_failed(db, settings, interview, row, Failure.MISSING)
    else:
        row.state, row.manifest = RecordingState.READY, dict(NOTHING_SAID)
    tell(db, interview)
    return True


def _anything_said(db: Session, interview: Interview) -> bool:
    query = select(func.sum(TalkTime.seconds)).where(TalkTime.interview_id == interview.id)
    return bool(db.scalar(query))
