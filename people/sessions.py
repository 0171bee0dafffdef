"""Signed-in browsers: each has a row, found by the hash of a token that only that browser holds.

A session that ends takes with it what its browser holds open: its live connection, closed by the
web process, and its place in a room (`OVER`, handled by `rooms`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from kernel import audit, clock, live, outbox
from kernel.errors import NotThere
from kernel.permissions import Actor, Role
from kernel.settings import Settings
from people.models import User, UserSession

CANDIDATE_HOURS = 24
"""A candidate's session outlives any exam, however short a staff session is set."""

SEEN_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=10)
OVER = "session_over"
"""What the outbox is told of sessions that ended: {"sessions": [ids], "user": id}."""


# Made once: each request of somebody signed in asks it.
_BY_TOKEN: Final = (
    select(UserSession)
    .where(UserSession.token_hash == bindparam("digest"))
    .options(joinedload(UserSession.user))
)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from."""

    address: str = ""
    name: str = ""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def lifetime(settings: Settings, role: Role) -> timedelta:
    """Return how long a session of somebody in `role` lasts from sign-in."""
    hours = settings.session_hours
    return timedelta(hours=max(hours, CANDIDATE_HOURS) if role is Role.CANDIDATE else hours)


def begin(
    db: Session, user: User, browser: Browser, *, reach: str = "", proved: bool = False
) -> str:
    """Open a session of `user` and return the token that its browser keeps.

    `reach` names the one thing that it opens, "" everything; `proved`: its person has just shown
    that it is them, and may change how they sign in.
    """
    token, moment = secrets.token_urlsafe(32), clock.now()
    row = UserSession(
        user_id=user.id,
        token_hash=_hash(token),
        created_at=moment,
        seen_at=moment,
        address=browser.address[:100],
        browser=browser.name[:100],
        reach=reach,
        proved_at=moment if proved else None,
    )
    db.add(row)
    db.flush()
    audit.record(db, user.actor, "session.begin", row)
    return token


def is_new(db: Session, user: User, browser: Browser) -> bool:
    """Tell whether somebody who came before never came by this kind of browser."""
    named = select(UserSession.browser).where(UserSession.user_id == user.id)
    known = set(db.scalars(named.where(UserSession.browser != "")))
    return bool(known) and browser.name not in known


def present(db: Session, settings: Settings, token: str) -> UserSession | None:
    """Return the open session that `token` opens, with its user; None once it has ended."""
    row = db.scalar(_BY_TOKEN, {"digest": _hash(token)})
    if row is None or not row.user.active or not _open(row, settings, row.user.role):
        return None
    return row


def _open(row: UserSession, settings: Settings, role: Role) -> bool:
    return row.revoked_at is None and clock.now() < row.created_at + lifetime(settings, role)


def of(db: Session, settings: Settings, user: User) -> Sequence[UserSession]:
    """Return the open sessions of `user`, the last seen first."""
    rows = db.scalars(
        select(UserSession)
        .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [row for row in rows if _open(row, settings, user.role)]


def stale(row: UserSession, moment: datetime) -> bool:
    """Tell whether it is time to note that the session was seen."""
    return moment - row.seen_at >= SEEN_EVERY


def note_seen(db: Session, session_id: int, moment: datetime) -> None:
    """Note that the session was seen; two requests at once note it once."""
    db.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.seen_at < moment)
        .values(seen_at=moment)
        .execution_options(synchronize_session=False)
    )


def still_open(db: Session, sessions: Collection[int], seen: Mapping[int, datetime]) -> set[int]:
    """Return which of these sessions nobody has ended; note those that were `seen` meanwhile."""
    open_ = set(
        db.scalars(
            select(UserSession.id)
            .join(User, User.id == UserSession.user_id)
            .where(UserSession.id.in_(sessions), UserSession.revoked_at.is_(None), User.active)
        )
    )
    if seen:
        db.execute(
            update(UserSession)
            .where(UserSession.id.in_(open_ & seen.keys()))
            .values(seen_at=max(seen.values()))
            .execution_options(synchronize_session=False)
        )
    return open_


def revoke(db: Session, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotThere: it is not the actor's, or has ended.
    """
    row = db.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id or row.revoked_at is not None:
        raise NotThere
    end(db, row)
    audit.record(db, actor, "session.revoke", row)


def revoke_all(db: Session, actor: Actor, user: User, *, but: int | None = None) -> int:
    """End every session of `user` except `but`; return how many ended."""
    rows = db.scalars(_open_rows().where(UserSession.user_id == user.id))
    ended = [row for row in rows if row.id != but]
    for row in ended:
        end(db, row)
    if ended:
        audit.record(db, actor, "session.revoke_all", user, count=len(ended))
    return len(ended)


def revoke_reach(db: Session, actor: Actor, reach: str) -> int:
    """End every session that opens `reach` alone; return how many ended."""
    rows = db.scalars(_open_rows().where(UserSession.reach == reach)).all()
    for row in rows:
        end(db, row)
        audit.record(db, actor, "session.revoke", row)
    return len(rows)


def end(db: Session, row: UserSession) -> None:
    """End a session, and what its browser holds open."""
    row.revoked_at = clock.now()
    live.publish(db, f"session:{row.id}", "over")
    outbox.enqueue(db, OVER, {"sessions": [row.id], "user": row.user_id})


def end_overdue(db: Session, settings: Settings) -> int:
    """End the sessions whose time is over; return how many ended."""
    shortest = min(lifetime(settings, role) for role in Role)
    late = _open_rows().where(UserSession.created_at <= clock.now() - shortest)
    rows = db.scalars(late.options(joinedload(UserSession.user)))
    overdue = [row for row in rows if not _open(row, settings, row.user.role)]
    for row in overdue:
        end(db, row)
    return len(overdue)


def end_idle(db: Session, settings: Settings, occupied: Callable[[Session, User], bool]) -> int:
    """End the sessions that were silent for too long; return how many ended.

    Those of whoever is `occupied` go on. What has ended stays so, whatever their person does later.
    """
    limits = [minutes for role in Role if (minutes := settings.idle_minutes(role))]
    if not limits:
        return 0
    quiet = UserSession.seen_at < clock.now() - timedelta(minutes=min(limits))
    rows = db.scalars(_open_rows().where(quiet).options(joinedload(UserSession.user)))
    silent = [row for row in rows if idle(row, settings) and not occupied(db, row.user)]
    for row in silent:
        end(db, row)
    return len(silent)


def _open_rows() -> Select[UserSession]:
    return select(UserSession).where(UserSession.revoked_at.is_(None)).order_by(UserSession.id)


def idle(row: UserSession, settings: Settings) -> bool:
    """Tell whether nothing was heard of the session for longer than its role allows."""
    minutes = settings.idle_minutes(row.user.role)
    return bool(minutes) and clock.now() - row.seen_at > timedelta(minutes=minutes)


def prove(row: UserSession) -> None:
    """Keep that the person of this session has just shown that it is them."""
    row.proved_at = clock.now()


def proved(row: UserSession | None) -> bool:
    """Tell whether they have shown so within the last minutes (`PROOF_LASTS`)."""
    return (
        row is not None and row.proved_at is not None and clock.now() - row.proved_at < PROOF_LASTS
    )
