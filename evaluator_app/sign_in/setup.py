"""Bind the sign-in library to our people."""

from __future__ import annotations

import base64
import hashlib

from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from flask_security import Security, hash_password
from sqlalchemy import select

from evaluator_app.edge import db
from evaluator_app.sign_in.accounts import Datastore, Visitor
from kernel.settings import Settings
from people.models import User

BRAND = "Viva Voce"


def _key(settings: Settings, purpose: str) -> bytes:
    """Return a key of 32 bytes for `purpose` alone."""
    secret = settings.secret_key.get_secret_value().encode()
    return hashlib.sha256(b"viva " + purpose.encode() + b"\0" + secret).digest()


def configure(app: Flask, settings: Settings) -> None:
    """Set what the library needs; its own pages are not registered: ours stand in `pages`."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt.get_secret_value(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 -- the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=8,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[
            base64.urlsafe_b64encode(_key(settings, "recovery codes"))
        ],
        SECURITY_TOTP_SECRETS={1: _key(settings, "second factor").hex()},
        SECURITY_TOTP_ISSUER=BRAND,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
    )


def init_app(app: Flask) -> None:
    """Load who is signed in at each request."""
    settings: Settings = app.extensions["viva"].settings
    configure(app, settings)
    security = Security(app, Datastore(), register_blueprint=False)
    manager = security.login_manager

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(uniquifier: str) -> Visitor | None:
        user = db().scalar(select(User).where(User.fs_uniquifier == uniquifier))
        return Visitor.of(user) if user is not None and user.active else None

    manager.request_loader(lambda _request: None)  # no token in a header signs anybody in

    @manager.unauthorized_handler  # type: ignore[untyped-decorator]
    def _unauthorized() -> ResponseReturnValue:
        return redirect(url_for("public.home", next=request.full_path))


def enter(user: User) -> None:
    """Sign `user` in in this browser; whoever was there before is signed out."""
    lang = session.get("lang")
    session.clear()
    if lang:
        session["lang"] = lang
    login_user(Visitor.of(user))


def hash_code(code: str) -> str:
    """Return what an account keeps of a password or an access code."""
    return str(hash_password(code))
