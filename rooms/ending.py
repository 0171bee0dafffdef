"""How an oral stops, whether it went to its end or not: the part, the recording, the room."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock, outbox
from rooms import recordings
from rooms.engines import Engine, EngineError
from rooms.models import Interview, PartRun

log = structlog.get_logger(__name__)

CLOSE = "room_close"
"""The kind of outbox row that closes a room which could not be closed at once."""


def finish(db: Session, interview: Interview, engine: Engine) -> None:
    """Close whatever runs: the part, the recording, the room."""
    moment = clock.now()
    interview.ended_at = moment
    close_part(db, interview, moment)
    interview.part = None
    recordings.stop(db, interview)
    if interview.opened_at is None:
        return
    try:
        engine.close(interview.room)
    except EngineError as error:
        log.warning("room_not_closed", interview=interview.id, error=str(error))
        outbox.enqueue(db, CLOSE, {"room": interview.room}, dedupe=f"{CLOSE}:{interview.room}")


def close_part(db: Session, interview: Interview, moment: datetime) -> bool:
    """End the part that runs; return whether it was paused."""
    run = db.scalar(
        select(PartRun).where(PartRun.interview_id == interview.id, PartRun.ended_at.is_(None))
    )
    if run is None:
        return False
    paused = run.paused_at is not None
    if run.paused_at is not None:
        run.paused_s += max(0.0, (moment - run.paused_at).total_seconds())
        run.paused_at = None
    run.ended_at = moment
    return paused
