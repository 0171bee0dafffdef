"""The second factor: six digits from an application, or a recovery code that works once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, cast

import segno
from flask import current_app, session
from flask_security import Totp, UserMixin
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select

from evaluator_app.sign_in.accounts import Account
from evaluator_app.web.edge import db
from kernel import audit, clock
from kernel.permissions import Actor
from people import credentials
from people.models import User

EXPECTED = "viva_second"
PATIENCE = timedelta(minutes=10)
CLOCK_SLACK = 30  # seconds: the digits before and after are right too


def tagged(keys: list[bytes]) -> dict[str, str]:
    """Return the keys of the second factor by a name that stays theirs, the current one first."""
    return {hashlib.sha256(key).hexdigest()[:12]: key.hex() for key in keys}


class OnceTotp(Totp):
    """The library's digits, but each only once: the counter of the last one is kept.

    New secrets are sealed with the first key; the library would take the last by name.
    """

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        """Hold the keys by their names, the current one first."""
        super().__init__(secrets, issuer)
        wallet = AppWallet(secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the counter of the last digits that were accepted."""
        counter: int | None = cast("Account", user).tf_last_counter
        return counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Keep the counter of the digits that were just accepted."""
        cast("Account", user).tf_last_counter = tmatch.counter


def _totp() -> OnceTotp:
    factory: OnceTotp = current_app.extensions["security"].totp_factory
    return factory


def _codes() -> Any:
    return current_app.extensions["security"].mf_recovery_codes_util


def has(user: User) -> bool:
    """Tell whether `user` set up a second factor."""
    return bool(user.tf_primary_method and user.tf_totp_secret)


def expect(user: User, target: str | None) -> None:
    """Remember in this browser that `user` has shown the first factor."""
    until = clock.now() + PATIENCE
    session[EXPECTED] = {
        "who": user.fs_uniquifier,
        "until": until.isoformat(),
        "next": target,
    }


def expected() -> tuple[int, str | None] | None:
    """Return the id of whom this browser's code is awaited from, and where they want to go."""
    kept = session.get(EXPECTED)
    if not kept or datetime.fromisoformat(kept["until"]) < clock.now():
        return None
    user_id = db().scalar(select(User.id).where(User.fs_uniquifier == kept["who"], User.active))
    return (user_id, kept["next"]) if user_id is not None else None


def right(user: User, typed: str) -> bool:
    """Tell whether `typed` is right now, and use it up: the same one is wrong from then on."""
    account = Account(user)
    word = "".join(typed.split()).lower()
    if word.isdigit():
        secret = user.tf_totp_secret
        return secret is not None and _totp().verify_totp(word, secret, account, window=CLOCK_SLACK)
    if not _codes().check_recovery_code(account, word):
        return False
    _codes().delete_recovery_code(account, word)
    audit.record(db(), user.actor, "second_factor.recovery_code", user)
    return True


def fresh_secret() -> str:
    """Return a new secret, encrypted: the account keeps it once the first digits were right."""
    return _totp().generate_totp_secret()


def show(user: User, secret: str) -> dict[str, str]:
    """Return how an application learns `secret`: the image of a QR code, and the key to type."""
    uri = _totp().get_totp_uri(user.email, secret)
    image = segno.make(uri, error="m", micro=False)
    return {
        "image": image.svg_data_uri(scale=5, border=2, light="#fff", dark="#000"),
        "key": _totp().get_totp_pretty_key(secret),
    }


def set_up(actor: Actor, user: User, secret: str, typed: str) -> list[str] | None:
    """Make `secret` the second factor if `typed` is right; return the recovery codes, or None."""
    account, word = Account(user), "".join(typed.split())
    user.tf_last_counter = None
    if not word.isdigit() or not _totp().verify_totp(word, secret, account, window=CLOCK_SLACK):
        return None
    user.tf_totp_secret = secret
    user.tf_primary_method = "authenticator"
    audit.record(db(), actor, "second_factor.set", user)
    return fresh_codes(user)


def fresh_codes(user: User) -> list[str]:
    """Replace the recovery codes by new ones and return them: they are shown this once."""
    codes: list[str] = _codes().create_recovery_codes(Account(user))
    return codes


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return len(user.mf_recovery_codes or [])


def remove(actor: Actor, user: User) -> None:
    """Take the second factor away."""
    credentials.forget_second_factor(user)
    audit.record(db(), actor, "second_factor.remove", user)
