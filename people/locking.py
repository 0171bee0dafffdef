"""Lock an account for a while after too many wrong passwords or codes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from kernel import audit, clock, links, post
from kernel.db import HOLD
from kernel.settings import Settings
from people.models import User


def hold(db: Session, user_id: int) -> User:
    """Return the user, whom nobody else counts a try for before this transaction ends."""
    return db.get_one(User, user_id, with_for_update=HOLD, populate_existing=True)


def locked(user: User) -> bool:
    """Tell whether the account is locked now: even the right password is refused."""
    return user.locked_until is not None and clock.now() < user.locked_until


def failed(db: Session, settings: Settings, user: User) -> None:
    """Count one wrong password or code; one too many locks the account and tells its owner."""
    user.failures += 1
    if user.failures < settings.lockout_failures:
        return
    moment = clock.now()
    user.failures = 0
    user.locked_until = moment + timedelta(minutes=settings.lockout_minutes)
    audit.record(db, user.actor, "account.lock", user)
    post.queue(
        db,
        "account_locked",
        name=user.name,
        email=user.email,
        locale=user.locale,
        context={
            "person": user.name,
            "at": moment.isoformat(),
            "zone": user.timezone,
            "minutes": settings.lockout_minutes,
            "link": links.address(settings, "recover"),
        },
    )


def succeeded(user: User) -> None:
    """Forget the failures of somebody who came in."""
    user.failures = 0
    user.locked_until = None
