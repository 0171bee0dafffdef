"""Stills of the camera: sent at a random moment or at a signal, encrypted, gone in time."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission, check
from kernel.storage import NotStored, Storage
from proctor.models import Decision, ProctorSession, SignalKind, Snapshot
from proctor.pictures import check_jpeg
from proctor.watching import check_key, hold, moment_of, tell

FOLDER: Final = "snapshots"
RANDOM: Final = "random"
_WHY: Final = frozenset({RANDOM, *(str(kind) for kind in SignalKind)})


def add_snapshot(
    db: Session,
    actor: Actor,
    storage: Storage,
    session: ProctorSession,
    key: str,
    why: str,
    seconds_ago: float,
    data: bytes,
    most: int,
) -> Snapshot:
    """Keep one still, encrypted; the same key again keeps the first.

    Raises:
        Forbidden: not its candidate.
        Invalid: no usable JPEG of 4 MB at most, or nothing that it can be for.
        Refused: `most` are kept already, or the session has been decided.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    check_key(key)
    if why not in _WHY:
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "why")
    width, height = check_jpeg(data)
    hold(db, session)
    known = db.scalar(
        select(Snapshot).where(Snapshot.session_id == session.id, Snapshot.key == key)
    )
    if known is not None:
        return known
    _room(db, session, most)
    moment = clock.now()
    # The name begins with its own moment, so that the purge finds a file that no row knows.
    name = f"{FOLDER}/{int(moment.timestamp()):x}-{secrets.token_hex(16)}.jpg"
    storage.put(name, data)
    snapshot = Snapshot(
        session_id=session.id,
        key=key,
        at=moment_of(session, seconds_ago, moment),
        why=why,
        storage_key=name,
    )
    db.add(snapshot)
    db.flush()
    facts = {"why": why, "width": width, "height": height, "bytes": len(data)}
    act, candidacy_id = "proctoring.snapshot", session.candidacy_id
    audit.record(db, actor, act, snapshot, candidacy_id=candidacy_id, **facts)
    tell(db, session)
    return snapshot


def _room(db: Session, session: ProctorSession, most: int) -> None:
    if session.decision is not Decision.UNDECIDED:
        raise Refused(N_("Cette session a déjà été examinée : plus rien ne s'y ajoute."))
    kept = select(func.count(Snapshot.id)).where(Snapshot.session_id == session.id)
    if db.scalars(kept).one() >= most:
        raise Refused(N_("Assez d'images ont été prises pour cette session."))


def picture(storage: Storage, snapshot: Snapshot) -> bytes:
    """Return the still.

    Raises:
        NotThere: its time is over.
    """
    if not snapshot.storage_key:
        raise NotThere(N_("Cette image a été effacée : sa durée de conservation est passée."))
    try:
        return storage.bytes(snapshot.storage_key)
    except NotStored:
        raise NotThere(
            N_("Cette image a été effacée : sa durée de conservation est passée.")
        ) from None
