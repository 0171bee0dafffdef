"""What a signed-in browser holds in rooms, once its session has ended: nothing."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock
from rooms import observing
from rooms.changes import hold, tell
from rooms.engines import Engine, EngineRefused
from rooms.engines import Role as PeerRole
from rooms.joining import HERE
from rooms.models import DeviceClaim, Interview, Observation
from rooms.transitions import OVER


def let_go(db: Session, sessions: list[int], user_id: int) -> list[tuple[str, str]]:
    """Free what the sessions of `user_id` held; return which peers of which rooms must go."""
    claims = db.scalars(select(DeviceClaim).where(DeviceClaim.session_id.in_(sessions))).all()
    gone = []
    for claim in claims:
        interview = db.get_one(Interview, claim.interview_id)
        claim.media_up, claim.quality, claim.lacks, claim.session_id = False, {}, [], None
        if interview.state in OVER:
            continue
        claim.seen_at = clock.now() - HERE
        tell(db, interview)
        conducts = interview.appointment.evaluator_id == user_id
        role = PeerRole.EVALUATOR if conducts else PeerRole.CANDIDATE
        gone.append((interview.room, role.value))
    attends = Observation.left_at.is_(None) & (Observation.user_id == user_id)
    for row in db.scalars(select(Observation).where(attends)).all():
        interview = db.get_one(Interview, row.interview_id)
        hold(db, interview)
        observing.end(db, interview, row, clock.now())
        tell(db, interview)
        gone.append((interview.room, row.peer))
    return gone


def put_out(engine: Engine, gone: list[tuple[str, str]]) -> None:
    """Close the connections of these peers; again changes nothing.

    Raises:
        EngineError: the video server does not answer; the outbox tries again.
    """
    for room, peer in gone:
        with suppress(EngineRefused):  # no such room any more: nobody is in it
            engine.leave(room, peer)
