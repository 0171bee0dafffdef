"""What a signed-in browser holds in rooms, once its session has ended: nothing."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock, outbox
from rooms import observing
from rooms.changes import lock, tell
from rooms.engines import Engine, EngineRefused
from rooms.engines import Role as PeerRole
from rooms.joining import HERE
from rooms.models import DeviceClaim, Interview, Observation
from rooms.transitions import OVER

PUT_OUT = "peer_put_out"
"""A connection to close, once nothing is locked: {"room", "peer", "claim": its id or None}."""


def let_go(db: Session, sessions: list[int], user_id: int) -> None:
    """Free what the sessions of `user_id` held, and queue the closing of their connections."""
    claims = db.scalars(select(DeviceClaim).where(DeviceClaim.session_id.in_(sessions))).all()
    for claim in claims:
        interview = db.get_one(Interview, claim.interview_id)
        claim.media_up, claim.quality, claim.lacks, claim.session_id = False, {}, [], None
        if interview.state in OVER:
            continue
        claim.seen_at = clock.now() - HERE
        tell(db, interview)
        conducts = interview.appointment.evaluator_id == user_id
        role = PeerRole.EVALUATOR if conducts else PeerRole.CANDIDATE
        _queue(db, interview, role.value, claim)
    attends = Observation.left_at.is_(None) & (Observation.user_id == user_id)
    for row in db.scalars(select(Observation).where(attends)).all():
        if observing.session_of(row) not in (None, *sessions):
            continue
        interview = db.get_one(Interview, row.interview_id)
        lock(db, interview)
        observing.end(db, interview, row, clock.now())
        tell(db, interview)
        _queue(db, interview, row.peer)


def _queue(db: Session, interview: Interview, peer: str, claim: DeviceClaim | None = None) -> None:
    number = claim.id if claim is not None else None
    outbox.enqueue(db, PUT_OUT, {"room": interview.room, "peer": peer, "claim": number})


def is_taken(db: Session, claim_id: int | None) -> bool:
    """Tell whether another session has taken the place since: its connection replaces theirs."""
    claim = db.get(DeviceClaim, claim_id) if claim_id is not None else None
    return claim is not None and claim.session_id is not None


def put_out(engine: Engine, room: str, peer: str) -> None:
    """Close the connection of a peer; again changes nothing.

    Raises:
        EngineError: the video server does not answer; the outbox tries again.
    """
    with suppress(EngineRefused):  # no such room any more: nobody is in it
        engine.leave(room, peer)
