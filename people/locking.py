"""How wrong passwords and codes are answered: each place waits by itself, and so does a stranger.

Wrong passwords are counted by account and place: a browser that the account knows (it came in by it
before), or else an address. A place that fails too often waits, longer each time; the others go on.
Strangers who come from many addresses at once make every place that the account does not know wait,
for a while: its own browsers still come in, and so does a recovery link. Nobody can shut out
somebody else's account for good.

Wrong digits of a second factor lock the account itself: whoever types them has the password.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from kernel import audit, clock, links, retention
from kernel.db import LOCK
from kernel.retention import RetentionClass
from kernel.settings import Settings
from people import letters
from people.models import SignInTries, User

EVERYWHERE = ""
"""The place of all that the account does not know, counted together."""
MANY_PLACES = 5
"""So many times the failures of one place, from strangers together, make all strangers wait."""
LONGEST = timedelta(hours=4)
FORGOTTEN = retention.fixed(RetentionClass.SIGN_IN_TRY)
"""After so long without a failure, a place begins anew."""


@dataclass(frozen=True)
class Place:
    """Where somebody tries to come in from."""

    name: str
    known: bool

    @classmethod
    def browser(cls, mark: str) -> Place:
        """Return the place that a browser is which the account knows."""
        return cls(f"browser:{mark}", known=True)

    @classmethod
    def address(cls, address: str) -> Place:
        """Return the place that an address is; of IPv6, the network of one household."""
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return cls("address:", known=False)
        if place.version == 6:
            place = ipaddress.ip_network((place, 64), strict=False).network_address
        return cls(f"address:{place}", known=False)


def lock_row(db: Session, user_id: int) -> User:
    """Return the user, whom nobody else counts a try for before this transaction ends."""
    return db.get_one(User, user_id, with_for_update=LOCK, populate_existing=True)


def waits(db: Session, user: User, place: Place) -> bool:
    """Tell whether `place` must wait: even the right password is refused there."""
    moment = clock.now()
    names = [place.name] if place.known else [place.name, EVERYWHERE]
    until = db.scalars(_tries(user, names))
    return any(row.wait_until is not None and moment < row.wait_until for row in until)


def failed(db: Session, settings: Settings, user: User, place: Place) -> None:
    """Count a wrong password at `place`; one too many makes it wait, and tells the owner."""
    pauses = [_count(db, user, place.name, settings.lockout_failures, settings)]
    if not place.known:
        most = settings.lockout_failures * MANY_PLACES
        pauses.append(_count(db, user, EVERYWHERE, most, settings))
    if longest := max(pauses):
        audit.record(db, user.actor, "account.wait", user)
        _tell(db, settings, user, "account_tried", longest)


def succeeded(db: Session, user: User, place: Place) -> None:
    """Forget the failures of a place whose password was right; strangers' stay counted."""
    db.execute(
        delete(SignInTries).where(SignInTries.user_id == user.id, SignInTries.source == place.name)
    )


def recovered(db: Session, user: User) -> None:
    """Forget every failure: the owner has chosen another password."""
    db.execute(delete(SignInTries).where(SignInTries.user_id == user.id))


def forget(db: Session) -> None:
    """Forget what nobody waits for any more."""
    db.execute(delete(SignInTries).where(SignInTries.failed_at < clock.now() - FORGOTTEN))


def locked(user: User) -> bool:
    """Tell whether wrong digits have locked the account: even the right ones are refused."""
    return user.locked_until is not None and clock.now() < user.locked_until


def wrong_code(db: Session, settings: Settings, user: User) -> None:
    """Count wrong digits of a second factor; too many lock the account and tell its owner."""
    user.failures += 1
    if user.failures < settings.lockout_failures:
        return
    user.failures = 0
    lasts = timedelta(minutes=settings.lockout_minutes)
    user.locked_until = clock.now() + lasts
    audit.record(db, user.actor, "account.lock", user)
    _tell(db, settings, user, "account_locked", lasts)


def right_code(user: User) -> None:
    """Forget the wrong digits of somebody who came in."""
    user.failures = 0
    user.locked_until = None


def _tries(user: User, names: list[str]) -> Select[SignInTries]:
    return select(SignInTries).where(SignInTries.user_id == user.id, SignInTries.source.in_(names))


def _count(db: Session, user: User, name: str, most: int, settings: Settings) -> timedelta:
    """Count a failure; return how long the place waits by it from now on: zero, not at all."""
    moment = clock.now()
    row = db.scalar(_tries(user, [name]))
    if row is None:
        row = SignInTries(user_id=user.id, source=name, failures=0, failed_at=moment)
        db.add(row)
    elif moment - row.failed_at > FORGOTTEN:
        row.failures = 0
    row.failures, row.failed_at = row.failures + 1, moment
    times, rest = divmod(row.failures, most)
    pause = timedelta(0) if rest else _pause(settings, times)
    if pause:
        row.wait_until = moment + pause
    db.flush()
    return pause


def _pause(settings: Settings, times: int) -> timedelta:
    """Return how long a place waits the `times`-th time: twice as long as the time before."""
    doubled: timedelta = timedelta(minutes=settings.lockout_minutes) * 2 ** min(times - 1, 10)
    return min(LONGEST, doubled)


def _tell(db: Session, settings: Settings, user: User, template: str, lasts: timedelta) -> None:
    moment = clock.now()
    letters.to(
        db,
        user,
        template,
        {
            "at": moment.isoformat(),
            "minutes": round(lasts.total_seconds() / 60),
            "link": links.address(settings, "recover"),
        },
        dedupe=_once_an_hour(template, user, moment),
    )


def _once_an_hour(template: str, user: User, moment: datetime) -> str:
    return f"{template}:{user.id}:{moment:%Y-%m-%dT%H}"
