"""Stills of the camera: sent at a random moment or at a signal, encrypted, gone in time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enrolment import journey
from kernel import audit, clock, strays
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission, check
from kernel.storage import NotStored, Storage
from proctor import holding, lasting, policy
from proctor.models import Decision, ProctorSession, SignalKind, Snapshot
from proctor.pictures import check_jpeg
from proctor.watching import check_key, lock, moment_of, tell

FOLDER: Final = "snapshots"
RANDOM: Final = "random"
START: Final = "start"
"""The first picture of a page that opened the watch, or took it over."""
_WHY: Final = frozenset({RANDOM, START, *(str(kind) for kind in SignalKind)})


def add_snapshot(
    db: Session,
    actor: Actor,
    storage: Storage,
    session: ProctorSession,
    key: str,
    why: str,
    seconds_ago: float,
    data: bytes,
    limits: policy.Pictures,
) -> Snapshot:
    """Keep one still, encrypted; the same key again keeps the first.

    Raises:
        Forbidden: not its candidate.
        Invalid: no usable JPEG of 4 MB at most, or nothing that it can be for.
        Refused: the watch is closed or decided, or the candidacy has sent all that it may.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    check_key(key)
    if why not in _WHY:
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "why")
    width, height = check_jpeg(data)
    # Held first, so that two pictures at once do not both take the candidacy's last place.
    journey.lock(db, session.candidacy)
    lock(db, session)
    same = (Snapshot.session_id == session.id, Snapshot.key == key)
    if (known := db.scalar(select(Snapshot).where(*same))) is not None:
        return known
    _room(db, session, limits, len(data))
    moment = clock.now()
    name = f"{FOLDER}/{strays.new_name()}.jpg"
    storage.put(name, data)
    snapshot = Snapshot(
        session_id=session.id,
        key=key,
        at=moment_of(session, seconds_ago, moment),
        why=why,
        storage_key=name,
        size=len(data),
    )
    db.add(snapshot)
    db.flush()
    holding.shown(session, limits)
    lasting.end(db, session, SignalKind.NO_PICTURE, moment)
    facts = {"why": why, "width": width, "height": height, "bytes": len(data)}
    act = "proctoring.snapshot"
    audit.record(db, actor, act, snapshot, candidacy_id=session.candidacy_id, **facts)
    tell(db, session)
    return snapshot


def _room(db: Session, session: ProctorSession, limits: policy.Pictures, size: int) -> None:
    if session.decision is not Decision.UNDECIDED:
        raise Refused(N_("Cette session a déjà été examinée : plus rien ne s'y ajoute."))
    if session.closed_at is not None:
        raise Refused(N_("La surveillance est fermée : plus aucune image ne s'y ajoute."))
    count, total = db.execute(
        select(func.count(Snapshot.id), func.coalesce(func.sum(Snapshot.size), 0))
        .join(ProctorSession, ProctorSession.id == Snapshot.session_id)
        .where(
            ProctorSession.candidacy_id == session.candidacy_id,
            ProctorSession.decision != Decision.VOID,
        )
    ).one()
    if count >= limits.most or total + size > limits.most_bytes:
        raise Refused(N_("Assez d'images ont été prises pour ce test : celle-ci n'est pas gardée."))


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
