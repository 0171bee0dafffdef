"""The server's own signals: noted in a moment, or begun and ended when what they say does.

`ProctorSession.lasting` names those that still last, so that nothing is asked of the database
while nothing changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from kernel import clock
from proctor import policy
from proctor.models import ProctorSession, Signal, SignalKind

MISSING: Final = (SignalKind.NO_PICTURE, SignalKind.PART_MISSING, SignalKind.WATCH_SILENT)
"""What the holder of a watch owes and does not give."""

PARTS: Final = ("camera", "microphone")


def note(
    db: Session,
    session: ProctorSession,
    kind: SignalKind,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Signal:
    """Write one signal of the server's own."""
    signal = Signal(
        session_id=session.id,
        key=f"server-{kind}-{secrets.token_hex(6)}",
        kind=kind,
        at=at,
        received_at=clock.now(),
        detail=dict(detail or {}),
    )
    db.add(signal)
    db.flush()
    return signal


def begin(
    db: Session,
    session: ProctorSession,
    kind: SignalKind,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one that lasts until `end` is told."""
    signal = note(db, session, kind, at, detail)
    session.lasting = {**session.lasting, str(kind): signal.id}


def end(db: Session, session: ProctorSession, kind: SignalKind, at: datetime) -> None:
    """Say until when one lasted; none of that kind, nothing happens."""
    number = session.lasting.get(str(kind))
    if number is None:
        return
    signal = db.get_one(Signal, number)
    signal.until = max(signal.at, at)
    session.lasting = {name: since for name, since in session.lasting.items() if name != str(kind)}


def end_all(db: Session, session: ProctorSession, at: datetime) -> None:
    """Say of each that still lasts that it ended with the watch."""
    for kind in list(session.lasting):
        end(db, session, SignalKind(kind), at)


def look(db: Session, session: ProctorSession, moment: datetime) -> bool:
    """Write what is missing from now on and what no longer is; tell whether anything changed."""
    lacking = missing(session, moment)
    changed = False
    for kind in MISSING:
        lasts = str(kind) in session.lasting
        if kind in lacking and not lasts:
            since, detail = lacking[kind]
            begin(db, session, kind, since, detail)
            changed = True
        elif lasts and kind not in lacking:
            end(db, session, kind, moment)
            changed = True
    return changed


def missing(
    session: ProctorSession, moment: datetime, told_at: datetime | None = None
) -> dict[SignalKind, tuple[datetime, dict[str, Any]]]:
    """Return what the holder owes and has not given: since when, and what it is; pure.

    `told_at`: when it last told what it watches, where that is not kept yet.
    """
    lacking: dict[SignalKind, tuple[datetime, dict[str, Any]]] = {}
    if session.held_since is None:
        return lacking
    due = session.picture_due_at
    if due is not None and moment > due:
        lacking[SignalKind.NO_PICTURE] = (due, {})
    told = told_at or session.told_at or session.held_since
    if moment - told > policy.QUIET_WATCH:
        lacking[SignalKind.WATCH_SILENT] = (told, {})
    elif moment - session.held_since > policy.QUIET_WATCH:
        parts = PARTS if session.risk_file_id is None else (*PARTS, "faces")
        off = [name for name in parts if not _runs(session, name)]
        if off:
            lacking[SignalKind.PART_MISSING] = (moment, {"parts": " ".join(off)})
    return lacking


def forgive(session: ProctorSession, silence: timedelta) -> None:
    """Let what is owed wait for as long as the page was silent: the silence is noted by itself."""
    if session.picture_due_at is not None:
        session.picture_due_at += silence
    if session.told_at is not None:
        session.told_at += silence
    if session.held_since is not None:
        session.held_since += silence


def _runs(session: ProctorSession, name: str) -> bool:
    said = session.watch.get(name)
    # A browser that cannot look for faces says so, and the session's page shows it.
    return said == "on" if name in PARTS else said is not None
