"""What the sessions of a candidacy come to: whether its written result may count."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from proctor.models import Decision, ProctorSession


def since_void(sessions: list[ProctorSession]) -> list[ProctorSession]:
    """Return the sessions that came after the last void one was decided; pure."""
    voids = [
        session.decided_at
        for session in sessions
        if session.decision is Decision.VOID and session.decided_at
    ]
    if not voids:
        return sessions
    last = max(voids)
    return [
        session
        for session in sessions
        if session.decision is not Decision.VOID and session.opened_at >= last
    ]


def put_gate(db: Session, candidacy: Candidacy) -> None:
    """Say to the other instruments whether the watch lets the written result count."""
    db.flush()
    sessions = list(
        db.scalars(
            select(ProctorSession)
            .where(ProctorSession.candidacy_id == candidacy.id)
            .order_by(ProctorSession.id)
        )
    )
    counted = since_void(sessions)
    decisions = [session.decision for session in counted]
    if not decisions:
        gates.put(db, candidacy, GateKind.PROCTORING, is_open=False, detail=str(Decision.VOID))
    elif Decision.UNDECIDED in decisions:
        detail = str(Decision.UNDECIDED)
        gates.put(db, candidacy, GateKind.PROCTORING, is_open=False, detail=detail)
    else:
        worst = Decision.INCIDENT if Decision.INCIDENT in decisions else Decision.CLEAR
        gates.put(db, candidacy, GateKind.PROCTORING, is_open=True, detail=str(worst))
