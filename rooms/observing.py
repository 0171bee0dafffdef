"""A silent observer: a person of the certifier attends an oral that runs, and both people know.

Nobody sees the identity check: the way in opens with « Commencer » and closes with the end. The
notice to both stands from the moment at which somebody is let in, before their first picture,
until the last has left; a reload does not make it flicker. Each tab is a peer of its own, and a
row from when to when; the media server's facts write the log, so that it says who really saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from rooms.changes import lock, tell
from rooms.engines import Fact, FactKind
from rooms.engines import Role as PeerRole
from rooms.joining import CLAIM_LASTS, Ticket, check_device, check_offer
from rooms.models import Interview, InterviewState, Observation
from rooms.transitions import OVER

GONE = timedelta(seconds=30)
"""Whoever is silent for so long has left; who comes back later attends anew."""

MOST_TABS = 2
"""One person takes no more of an oral's six places, so that others may attend."""

_SAME = ("replaced", "never_connected")  # another connection of the tab stands, or none did
_UP = (FactKind.PEER_UP, FactKind.PEER_HEARD, FactKind.QUALITY)


def is_here(row: Observation, now: datetime) -> bool:
    """Tell whether somebody attends, or has been let in or cut a moment ago."""
    return row.left_at is None and (row.media_up or now - row.seen_at < CLAIM_LASTS)


def is_observed(interview: Interview, rows: Iterable[Observation], now: datetime) -> bool:
    """Tell whether both people must know that somebody attends."""
    running = interview.state is InterviewState.RUNNING
    return running and any(is_here(row, now) for row in rows)


def present(db: Session, interview: Interview) -> list[Observation]:
    """Return the observations of an oral that have not ended."""
    query = select(Observation).where(_of(interview), Observation.left_at.is_(None))
    return list(db.scalars(query.order_by(Observation.id)))


def ticket(db: Session, actor: Actor, interview: Interview, device: str, offer_sdp: str) -> Ticket:
    """Check that `device` may receive the oral now; the notice stands from this on.

    Raises:
        Forbidden: nobody of the certifier.
        Refused: the oral has not begun, or is over, or two tabs of theirs attend already.
        Invalid: the offer is empty, or the tab has no name.
        TooLarge: the offer is larger than 256 KB.
    """
    check(db, actor, Permission.OBSERVE_INTERVIEW, interview)
    check_offer(offer_sdp)
    peer = _peer(actor, device)
    lock(db, interview)
    if interview.state in OVER:
        raise Refused(N_("L'entretien est terminé : il n'y a plus rien à suivre."))
    if interview.state is not InterviewState.RUNNING:
        raise Refused(
            N_("L'entretien n'a pas encore commencé : la vérification d'identité ne se montre pas.")
        )
    here = [seen for seen in present(db, interview) if seen.user_id == actor.user_id]
    row = next((seen for seen in here if seen.peer == peer), None)
    if row is None:
        if len(here) >= MOST_TABS:
            raise Refused(
                N_("Vous suivez déjà cet entretien dans deux onglets : fermez-en un, puis revenez.")
            )
        row = _open(db, interview, actor.user_id or 0, peer, clock.now())
    row.seen_at = clock.now()
    tell(db, interview)
    return Ticket(interview.id, interview.room, peer, PeerRole.OBSERVER, running=False)


def leave(db: Session, actor: Actor, interview: Interview, device: str) -> Ticket | None:
    """Say that `device` goes; return what to put out of the room, if it was there.

    Raises:
        Forbidden: nobody of the certifier.
    """
    check(db, actor, Permission.OBSERVE_INTERVIEW, interview)
    peer = _peer(actor, device)
    lock(db, interview)
    rows = [seen for seen in present(db, interview) if seen.peer == peer]
    for row in rows:
        end(db, interview, row, clock.now())
    if not rows:
        return None
    tell(db, interview)
    return Ticket(interview.id, interview.room, peer, PeerRole.OBSERVER, running=False)


def note(db: Session, interview: Interview, fact: Fact, moment: datetime) -> None:
    """Take what the media server tells of an observer's tab; the oral itself goes on untouched."""
    row = db.scalars(
        select(Observation)
        .where(_of(interview), Observation.peer == fact.peer)
        .order_by(Observation.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return
    if fact.kind in _UP:
        _came(db, interview, row, moment)
    elif fact.kind is FactKind.PEER_DOWN and fact.data.get("why") not in _SAME and row.media_up:
        row.media_up, row.seen_at = False, moment
        tell(db, interview)


def _came(db: Session, interview: Interview, row: Observation, moment: datetime) -> None:
    if row.left_at is not None and moment > row.left_at:
        row = _open(db, interview, row.user_id, row.peer, moment)
    first = row.came_at is None
    if first:
        row.came_at = moment
        _log(db, interview, row, "observe")
    if row.left_at is not None:  # told late: they have left since
        if first:
            _log(db, interview, row, "observe_end")
    elif not row.media_up:
        row.media_up, row.seen_at = True, moment
        tell(db, interview)


def everybody_gone(db: Session, moment: datetime) -> None:
    """Say that the media server carries no observer since `moment`."""
    up = select(Observation.interview_id).where(Observation.media_up)
    for interview in db.scalars(select(Interview).where(Interview.id.in_(up))):
        tell(db, interview)
    db.execute(
        update(Observation).where(Observation.media_up).values(media_up=False, seen_at=moment)
    )


def end_all(db: Session, interview: Interview, moment: datetime) -> None:
    """End every observation with the oral."""
    for row in present(db, interview):
        end(db, interview, row, moment)


def end_silent(db: Session) -> int:
    """End the observations whose tab went without a word; return how many."""
    before = clock.now() - GONE
    silent = (
        Observation.left_at.is_(None),
        ~Observation.media_up,
        Observation.seen_at < before,
    )
    ended = 0
    for number in db.scalars(select(Observation.interview_id).where(*silent).distinct()).all():
        interview = db.get_one(Interview, number)
        lock(db, interview)
        # Read under the lock: one that came back meanwhile stays.
        for row in db.scalars(select(Observation).where(*silent, _of(interview))):
            end(db, interview, row, row.seen_at)
            ended += 1
    return ended


def _of(interview: Interview) -> ColumnElement[bool]:
    return Observation.interview_id == interview.id


def _peer(actor: Actor, device: str) -> str:
    if actor.session_id is None:
        return f"o{actor.user_id}-{check_device(device)}"
    return f"s{actor.session_id}-{check_device(device)}"


def session_of(row: Observation) -> int | None:
    """Return the session whose browser attends; None: its name does not tell."""
    owner = row.peer.partition("-")[0]
    return int(owner[1:]) if owner.startswith("s") else None


def _open(
    db: Session, interview: Interview, user_id: int, peer: str, moment: datetime
) -> Observation:
    row = Observation(
        interview_id=interview.id, user_id=user_id, peer=peer, asked_at=moment, seen_at=moment
    )
    db.add(row)
    db.flush()
    return row


def end(db: Session, interview: Interview, row: Observation, moment: datetime) -> None:
    """End an observation at `moment`."""
    # Whoever was cut before saw nothing since.
    row.left_at = row.seen_at if row.came_at is not None and not row.media_up else moment
    row.media_up = False
    if row.came_at is not None:
        _log(db, interview, row, "observe_end")


def _log(db: Session, interview: Interview, row: Observation, act: str) -> None:
    """Write who attends since when, and until when once that is known."""
    until = {} if row.left_at is None else {"until": row.left_at.isoformat()}
    audit.record(
        db,
        row.user.actor,
        f"interview.{act}",
        interview,
        candidacy_id=interview.appointment.candidacy_id,
        observation=row.id,
        since=row.came_at.isoformat() if row.came_at else None,
        **until,
    )
