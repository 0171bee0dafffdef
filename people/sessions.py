"""Signed-in browsers: each has a row, found by the hash of a token that only that browser holds."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, joinedload

from kernel import audit, clock
from kernel.errors import NotThere
from kernel.permissions import Actor, Role
from kernel.settings import Settings
from people.models import User, UserSession

CANDIDATE_HOURS = 24
"""A candidate's session outlives any exam, however short a staff session is set."""

SEEN_EVERY = timedelta(minutes=1)


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


def begin(db: Session, user: User, browser: Browser) -> str:
    """Open a session of `user` and return the token that its browser keeps."""
    token, moment = secrets.token_urlsafe(32), clock.now()
    row = UserSession(
        user_id=user.id,
        token_hash=_hash(token),
        created_at=moment,
        seen_at=moment,
        address=browser.address[:100],
        browser=browser.name[:100],
    )
    db.add(row)
    db.flush()
    audit.record(db, user.actor, "session.begin", row)
    return token


def is_new(db: Session, user: User, browser: Browser) -> bool:
    """Tell whether somebody who came before never came by this kind of browser."""
    known = set(db.scalars(select(UserSession.browser).where(UserSession.user_id == user.id)))
    return bool(known) and browser.name not in known


def present(db: Session, settings: Settings, token: str) -> UserSession | None:
    """Return the open session that `token` opens, with its user; None once it has ended."""
    row = db.scalar(
        select(UserSession)
        .where(UserSession.token_hash == _hash(token))
        .options(joinedload(UserSession.user))
    )
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


def revoke(db: Session, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotThere: it is not the actor's, or has ended.
    """
    row = db.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id or row.revoked_at is not None:
        raise NotThere
    row.revoked_at = clock.now()
    audit.record(db, actor, "session.revoke", row)


def revoke_all(db: Session, actor: Actor, user: User, *, but: int | None = None) -> int:
    """End every session of `user` except `but`; return how many ended."""
    ended = db.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.revoked_at.is_(None),
            UserSession.id != (but or 0),
        )
        .values(revoked_at=clock.now())
    )
    count = ended.rowcount if isinstance(ended, CursorResult) else 0
    if count:
        audit.record(db, actor, "session.revoke_all", user, count=count)
    return count
