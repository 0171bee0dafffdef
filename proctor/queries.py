"""What pages read of sessions: lists by how much there is to look at, one with all that it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import Candidacy, Candidate
from proctor import policy
from proctor.models import Decision, ProctorSession, Signal, SignalKind, Snapshot

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A session of a list, with how much of it there is to look at."""

    session: ProctorSession
    signals: int
    moments: int
    snapshots: int
    last_snapshot: int | None  # of those still kept
    comments: int
    of_server: tuple[SignalKind, ...]  # what the server found about the watch itself, gravest first


def running(db: Session) -> list[Row]:
    """Return the sessions that run, the one with the most to look at on top."""
    return _by_moments(_rows(db, _sessions(db, ProctorSession.closed_at.is_(None))))


def to_look_at(db: Session) -> list[Row]:
    """Return the sessions that ended and wait for a decision, the most to look at on top."""
    sessions = _sessions(
        db,
        ProctorSession.closed_at.is_not(None),
        ProctorSession.decision == Decision.UNDECIDED,
    )
    return _by_moments(_rows(db, sessions))


def decided(db: Session, number: int = 1) -> tuple[list[Row], int, int]:
    """Return a page of the sessions decided, the last first; how many pages and how many."""
    done = ProctorSession.decision != Decision.UNDECIDED
    total = db.scalars(select(func.count(ProctorSession.id)).where(done)).one()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    sessions = list(
        db.scalars(
            _whole()
            .where(done)
            .order_by(ProctorSession.decided_at.desc(), ProctorSession.id.desc())
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        )
    )
    return _rows(db, sessions), pages, total


def counts(db: Session) -> tuple[int, int]:
    """Return how many sessions run, and how many wait for a decision."""
    undecided = ProctorSession.decision == Decision.UNDECIDED
    return (
        db.scalars(
            select(func.count(ProctorSession.id)).where(ProctorSession.closed_at.is_(None))
        ).one(),
        db.scalars(
            select(func.count(ProctorSession.id)).where(
                ProctorSession.closed_at.is_not(None), undecided
            )
        ).one(),
    )


def whole(db: Session, session_id: int) -> ProctorSession | None:
    """Return one session with its candidate, signals and snapshots."""
    return db.scalars(
        _whole()
        .where(ProctorSession.id == session_id)
        .options(selectinload(ProctorSession.signals), selectinload(ProctorSession.snapshots))
    ).first()


def of_candidacy(db: Session, candidacy_id: int) -> list[ProctorSession]:
    """Return every session of a candidacy, oldest first."""
    return list(
        db.scalars(
            select(ProctorSession)
            .where(ProctorSession.candidacy_id == candidacy_id)
            .order_by(ProctorSession.id)
        )
    )


def gaps(session: ProctorSession) -> list[tuple[datetime, datetime | None]]:
    """Return from when to when nothing was heard, or uploads failed; pure."""
    return [
        (signal.at, signal.until) for signal in session.signals if signal.kind in policy.TECHNICAL
    ]


def moments(session: ProctorSession) -> int:
    """Return how many moments of a loaded session there are to look at; pure."""
    return policy.moments((signal.at, signal.until) for signal in session.signals)


def server_signals(session: ProctorSession) -> list[Signal]:
    """Return what the server found about a loaded watch itself, gravest first; pure."""
    return sorted(
        (signal for signal in session.signals if signal.kind in policy.FOUND),
        key=lambda signal: (policy.FOUND.index(signal.kind), signal.at),
    )


def kinds(session: ProctorSession) -> dict[SignalKind, list[Signal]]:
    """Return the signals of a loaded session by kind, in the order of the kinds; pure."""
    signals = {
        kind: [signal for signal in session.signals if signal.kind is kind] for kind in SignalKind
    }
    return {kind: those for kind, those in signals.items() if those}


def _whole() -> Select[ProctorSession]:
    return select(ProctorSession).options(
        joinedload(ProctorSession.candidacy)
        .joinedload(Candidacy.candidate)
        .joinedload(Candidate.user),
        joinedload(ProctorSession.candidacy).joinedload(Candidacy.certification),
    )


def _sessions(db: Session, *where: ColumnElement[bool]) -> list[ProctorSession]:
    return list(db.scalars(_whole().where(*where).order_by(ProctorSession.opened_at)))


def _rows(db: Session, sessions: Sequence[ProctorSession]) -> list[Row]:
    ids = [session.id for session in sessions]
    spans: defaultdict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    said: defaultdict[int, int] = defaultdict(int)
    noticed: defaultdict[int, set[SignalKind]] = defaultdict(set)
    signals = select(Signal.session_id, Signal.at, Signal.until, Signal.comment, Signal.kind)
    for number, at, until, comment, kind in db.execute(signals.where(Signal.session_id.in_(ids))):
        spans[number].append((at, until))
        noticed[number].add(kind)
        said[number] += bool(comment)
    stills: defaultdict[int, int] = defaultdict(int)
    last: dict[int, int] = {}
    pictures = select(Snapshot.session_id, Snapshot.id, Snapshot.storage_key)
    kept = db.execute(pictures.where(Snapshot.session_id.in_(ids)).order_by(Snapshot.at))
    for number, snapshot_id, key in kept:
        stills[number] += 1
        if key:
            last[number] = snapshot_id
    return [
        Row(
            session=session,
            signals=len(spans[session.id]),
            moments=policy.moments(spans[session.id]),
            snapshots=stills[session.id],
            last_snapshot=last.get(session.id),
            comments=said[session.id] + bool(session.words),
            of_server=tuple(kind for kind in policy.FOUND if kind in noticed[session.id]),
        )
        for session in sessions
    ]


def _by_moments(rows: list[Row]) -> list[Row]:
    """Sort by the gravest thing that the server found itself, then by how much there is to see."""
    return sorted(
        rows,
        key=lambda row: (
            _gravity(row.of_server),
            -row.moments,
            row.session.opened_at,
            row.session.id,
        ),
    )


def _gravity(kinds: Sequence[SignalKind]) -> int:
    return policy.FOUND.index(kinds[0]) if kinds else len(policy.FOUND)
