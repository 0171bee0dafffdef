"""How an oral stops, whether it went to its end or not: the part, the recording, the room."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock, outbox
from rooms import observing, pausing, recordings
from rooms.engines import Engine, EngineError
from rooms.models import Interview, PartRun
from rooms.transitions import OVER

log = structlog.get_logger(__name__)

CLOSE = "room_close"
"""The kind of outbox row that closes a room, whatever becomes of the video server meanwhile."""


def finish(db: Session, interview: Interview, moment: datetime | None = None) -> None:
    """Close whatever runs: the part, the recording, and, after the commit, the room.

    `moment`: when it stopped; None: now. The jobs process closes the room; the edge may do so
    sooner (`close_now`).
    """
    moment = moment or clock.now()
    interview.ended_at = moment
    close_part(db, interview, moment)
    interview.part = None
    recordings.stop(db, interview)
    observing.end_all(db, interview, moment)
    if interview.opened_at is not None:
        outbox.enqueue(db, CLOSE, {"room": interview.room}, dedupe=f"{CLOSE}:{interview.room}")


def close_now(engine: Engine, interview: Interview) -> None:
    """Close the room of an oral that is over, outside of any transaction; again is harmless."""
    if interview.state not in OVER:
        return
    try:
        engine.close(interview.room)
    except EngineError as error:
        log.warning("room_not_closed_yet", interview=interview.id, error=str(error))


def close_part(db: Session, interview: Interview, moment: datetime) -> bool:
    """End the part that runs; return whether it was paused."""
    run = db.scalar(
        select(PartRun).where(PartRun.interview_id == interview.id, PartRun.ended_at.is_(None))
    )
    if run is None:
        return False
    paused = pausing.settle(db, interview, run, moment)
    run.ended_at = moment
    return paused
