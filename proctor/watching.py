"""The watch over one written test: opened with it, fed by the page, left by the candidate.

The page may fail, and the test goes on: what is missing shows as a gap. Everything that a page
sends bears a key of its own, so that sending it again adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import audit, clock, live
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import SYSTEM, Actor, Permission, check
from proctor import lasting
from proctor.models import Decision, IdentityCheck, ProctorSession, RiskFile, Signal, SignalKind
from proctor.reports import Report, check_note, check_watch
from proctor.standing import put_gate

ALL: Final = "proctoring:all"
"""What coordinators hear of: any session that opens, is fed, or closes."""
TO_LEAVE: Final = timedelta(minutes=2)
"""So long after the last answer a watch that nobody left ends by itself."""
ON_THE_WAY: Final = timedelta(seconds=10)
"""What a page noticed seems later by as long as its words were on the way."""
FORMER: Final = "former"
"""In a signal's detail: it came from a page after another one had taken the watch over."""
_LOCKED: Final = (
    "heard_at",
    "closed_at",
    "watched_until",
    "decision",
    "watch",
    "token_hash",
    "holder",
    "held_since",
    "told_at",
    "picture_due_at",
    "lasting",
)
RUNNING: Final = (
    ProctorSession.closed_at.is_(None),
    ProctorSession.watched_until.is_(None),
    ProctorSession.decision != Decision.VOID,
)
"""What is true of a watch that is on."""
_KEY = re.compile(r"[\w.:-]{1,80}")


def open_session(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    watch: Mapping[str, Any],
    identity_check: IdentityCheck | None = None,
    room_note: str = "",
    risk_file: RiskFile | None = None,
) -> ProctorSession:
    """Open the watch of a candidacy, or return the one that is open.

    `watch` says what runs in this browser, and of what does not, why. `risk_file`: the one that
    lets faces be looked for.

    Raises:
        Forbidden: not its candidate.
        Invalid: `watch` or the note cannot be kept, or the check is of somebody else.
    """
    check(db, actor, Permission.ANSWER_FOR_CANDIDACY, candidacy)
    told, note = check_watch(watch), check_note(room_note)
    if identity_check is not None and identity_check.candidacy_id != candidacy.id:
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "identity_check")
    # Held, so that two tabs open one session.
    db.execute(select(Candidacy.id).where(Candidacy.id == candidacy.id).with_for_update(**LOCK))
    moment = clock.now()
    session = running(db, candidacy)
    if session is not None:
        session.watch = told or session.watch
        session.room_note = note or session.room_note
        if identity_check is not None:
            session.identity_check_id = identity_check.id
        return session
    session = ProctorSession(
        candidacy_id=candidacy.id,
        candidacy=candidacy,
        opened_at=moment,
        heard_at=moment,
        watch=told,
        identity_check_id=identity_check.id if identity_check else None,
        room_note=note,
        risk_file_id=risk_file.id if risk_file else None,
    )
    db.add(session)
    db.flush()
    put_gate(db, candidacy)
    audit.record(db, actor, "proctoring.open", session, candidacy_id=candidacy.id)
    tell(db, session)
    return session


def running(db: Session, candidacy: Candidacy) -> ProctorSession | None:
    """Return the watch of a candidacy that is on, if there is one."""
    return db.scalar(
        select(ProctorSession)
        .where(ProctorSession.candidacy_id == candidacy.id, *RUNNING)
        .order_by(ProctorSession.id.desc())
        .limit(1)
    )


def to_leave(db: Session, candidacy: Candidacy) -> ProctorSession | None:
    """Return the watch that the last answer ended and that is still to be left, if there is one."""
    return db.scalar(
        select(ProctorSession)
        .where(
            ProctorSession.candidacy_id == candidacy.id,
            ProctorSession.closed_at.is_(None),
            ProctorSession.watched_until > clock.now() - TO_LEAVE,
        )
        .order_by(ProctorSession.id.desc())
        .limit(1)
    )


def tell_watch(
    db: Session, actor: Actor, session: ProctorSession, watch: Mapping[str, Any]
) -> None:
    """Keep what runs in the candidate's browser and what cannot, once that is known.

    Raises:
        Forbidden: not its candidate.
        Invalid: it cannot be kept.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    told = check_watch(watch)
    lock(db, session)
    if _is_on(session):
        _keep(db, session, told)


def heard(
    db: Session,
    session: ProctorSession,
    silence_s: float,
    watch: Mapping[str, Any] | None = None,
) -> None:
    """Note that the page spoke, and what is missing of what it owes.

    A silence of `silence_s` seconds or more becomes a signal. `watch`: what runs there, if it said.

    Raises:
        Invalid: `watch` cannot be kept.
    """
    told = None if watch is None else check_watch(watch)
    lock(db, session)
    if not _is_on(session):
        return
    moment, last = clock.now(), session.heard_at
    if moment - last >= timedelta(seconds=silence_s):
        lasting.forgive(session, moment - last)
        db.add(
            Signal(
                session_id=session.id,
                key=f"silence-{int(last.timestamp() * 1000)}",
                kind=SignalKind.SILENCE_OF_PAGE,
                at=last,
                until=moment,
                received_at=moment,
                detail={"seconds": round((moment - last).total_seconds(), 1)},
            )
        )
        tell(db, session)
    session.heard_at = max(moment, last)
    if told is not None:
        _keep(db, session, told)
    if lasting.look(db, session, moment):
        tell(db, session)


def _is_on(session: ProctorSession) -> bool:
    return session.closed_at is None and session.watched_until is None


def _keep(db: Session, session: ProctorSession, watch: dict[str, Any]) -> None:
    session.told_at = clock.now()
    if watch != session.watch:
        session.watch = watch
        tell(db, session)


def report(
    db: Session,
    actor: Actor,
    session: ProctorSession,
    reports: Sequence[Report],
    most_a_minute: int,
    *,
    taken_over_at: datetime | None = None,
) -> int:
    """Keep what the page noticed; return how many rows that added.

    `ago` and `lasted` of a report are seconds: the page's own clock is never asked. The same key
    again adds nothing, and may tell how long it lasted. Above `most_a_minute`, further ones are
    only counted, in the last that was kept. `taken_over_at`: since when another page watches; of
    this one, what it noticed before is kept.

    Raises:
        Forbidden: not its candidate.
        Refused: the session has been decided.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    lock(db, session)
    if session.decision is not Decision.UNDECIDED:
        raise Refused(N_("Cette session a déjà été examinée : plus rien ne s'y ajoute."))
    moment, until = clock.now(), taken_over_at
    noticed = [told for told in reports if until is None or _was_before(told, until, moment)]
    signals = [_signal(session, told, moment, until) for told in noticed]
    known = _known(db, session, [signal.key for signal in signals])
    room = most_a_minute - _since(db, session, moment - timedelta(minutes=1))
    added, counted = 0, 0
    for signal in signals:
        row = known.get(signal.key)
        if row is not None:
            if signal.until is not None and (row.until is None or signal.until > row.until):
                row.until = signal.until
        elif added < room:
            db.add(signal)
            known[signal.key] = signal
            added += 1
        else:
            counted += 1
    db.flush()
    if counted:
        _count(db, session, counted)
    if added:
        tell(db, session)
    return added


def leave(db: Session, actor: Actor, session: ProctorSession) -> None:
    """Close the watch at the candidate's wish; already closed, nothing happens.

    Raises:
        Forbidden: not its candidate.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    lock(db, session)
    if session.closed_at is not None:
        return
    session.closed_at, session.left_by_candidate = clock.now(), True
    lasting.end_all(db, session, session.watched_until or session.closed_at)
    audit.record(db, actor, "proctoring.leave", session, candidacy_id=session.candidacy_id)
    tell(db, session)


def end(db: Session, session: ProctorSession) -> None:
    """End the watch with the test's last answer: nothing is watched from now on.

    It is still to be left; nobody doing so, it closes by itself after `TO_LEAVE`.
    """
    lock(db, session)
    if not _is_on(session):
        return
    session.watched_until = clock.now()
    lasting.look(db, session, session.watched_until)
    lasting.end_all(db, session, session.watched_until)
    tell(db, session)


def close_ended(db: Session) -> int:
    """Close the watches that ended with their test and that nobody left; return how many."""
    limit = clock.now() - TO_LEAVE
    ended = (ProctorSession.closed_at.is_(None), ProctorSession.watched_until <= limit)
    closed = 0
    for session in db.scalars(select(ProctorSession).where(*ended)).all():
        lock(db, session)
        if session.closed_at is not None or session.watched_until is None:
            continue  # it was left meanwhile
        session.closed_at = session.watched_until + TO_LEAVE
        audit.record(db, SYSTEM, "proctoring.end", session, candidacy_id=session.candidacy_id)
        tell(db, session)
        closed += 1
    return closed


def close_silent(db: Session, hours: float) -> int:
    """Close the watches that nothing was heard of for so long; return how many."""
    limit = clock.now() - timedelta(hours=hours)
    silent = (ProctorSession.closed_at.is_(None), ProctorSession.heard_at <= limit)
    closed = 0
    for session in db.scalars(select(ProctorSession).where(*silent)).all():
        lock(db, session)
        if session.closed_at is not None or session.heard_at > limit:
            continue  # it came back, or was left, meanwhile
        session.closed_at = session.heard_at
        lasting.end_all(db, session, session.closed_at)
        audit.record(db, SYSTEM, "proctoring.close", session, candidacy_id=session.candidacy_id)
        tell(db, session)
        closed += 1
    return closed


def lock(db: Session, session: ProctorSession) -> None:
    """Read the session anew and keep others from changing it until the end of the transaction."""
    db.flush()
    db.refresh(
        session,
        attribute_names=_LOCKED,
        with_for_update=LOCK,
    )


def tell(db: Session, session: ProctorSession) -> None:
    """Let whoever watches this session, or all of them, hear that it changed."""
    live.publish(db, f"proctoring:{session.id}")
    live.publish(db, ALL)


def check_key(key: str) -> str:
    """Return a key chosen by a page. Raise Invalid when it is none."""
    if not _KEY.fullmatch(key):
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "key")
    return key


def moment_of(session: ProctorSession, seconds_ago: float, now: datetime) -> datetime:
    """Return when something was that is `seconds_ago`, within the session."""
    at = now - timedelta(seconds=min(max(seconds_ago, 0.0), 86_400.0))
    return min(max(at, session.opened_at), session.watched_until or session.closed_at or now)


def _signal(
    session: ProctorSession, told: Report, now: datetime, taken_over_at: datetime | None
) -> Signal:
    """Return the row of what a page noticed; that it no longer watches, the server alone says."""
    over = session.watched_until or session.closed_at or now
    detail = {name: value for name, value in told.detail.items() if name != FORMER}
    if taken_over_at is not None:
        over, detail = min(over, taken_over_at), detail | {FORMER: True}
    at = min(moment_of(session, told.ago, now), over)
    until = None if told.lasted is None else min(at + timedelta(seconds=told.lasted), over)
    return Signal(
        session_id=session.id,
        key=told.key,
        kind=told.kind,
        at=at,
        until=until,
        received_at=now,
        detail=detail,
    )


def _was_before(told: Report, taken_over_at: datetime, now: datetime) -> bool:
    return now - timedelta(seconds=told.ago) <= taken_over_at + ON_THE_WAY


def _known(db: Session, session: ProctorSession, keys: list[str]) -> dict[str, Signal]:
    rows = db.scalars(select(Signal).where(Signal.session_id == session.id, Signal.key.in_(keys)))
    return {row.key: row for row in rows}


def _since(db: Session, session: ProctorSession, moment: datetime) -> int:
    return db.scalars(
        select(func.count(Signal.id)).where(
            Signal.session_id == session.id, Signal.received_at > moment
        )
    ).one()


def _count(db: Session, session: ProctorSession, further: int) -> None:
    last = db.scalars(
        select(Signal).where(Signal.session_id == session.id).order_by(Signal.id.desc()).limit(1)
    ).one()
    last.detail = last.detail | {"more": int(last.detail.get("more", 0)) + further}
