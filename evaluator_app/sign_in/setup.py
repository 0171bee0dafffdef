"""Bind the sign-in library to our people.

Flask-Security gives what must not be home-made: hashing, the digits of the second factor and
their encrypted secrets, recovery codes, the signed-in user of a request. Its own pages are not
registered: they know no lock-out at the second factor, no list of sessions, no database session
that cannot write. Ours stand in `pages`.
"""

from __future__ import annotations

import base64
import hashlib

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import Security

from evaluator_app.sign_in import entering, routes, second_factor, throttle
from evaluator_app.sign_in.accounts import Datastore
from evaluator_app.sign_in.second_factor import OnceTotp
from evaluator_app.web.edge import SAFE, house, reach
from evaluator_app.web.faults import wants_json
from evaluator_app.words import _
from evaluator_app.words.navigation import HOME
from kernel.permissions import Role
from kernel.settings import BRAND, Settings


def _keys(settings: Settings, purpose: str) -> list[bytes]:
    """Return a key of 32 bytes for `purpose` alone of each secret key, the current one first."""
    return [
        hashlib.sha256(b"viva " + purpose.encode() + b"\0" + secret.encode()).digest()
        for secret in settings.secrets
    ]


def configure(app: Flask, settings: Settings) -> None:
    """Set what the library needs."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt.get_secret_value(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 -- the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=8,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[
            base64.urlsafe_b64encode(key) for key in _keys(settings, "recovery codes")
        ],
        SECURITY_TOTP_SECRETS=second_factor.tagged(_keys(settings, "second factor")),
        SECURITY_TOTP_ISSUER=BRAND,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
    )


def init_app(app: Flask) -> None:
    """Load who is signed in at each request; serve the pages of signing in."""
    settings: Settings = app.extensions["viva"].settings
    configure(app, settings)
    security = Security(app, Datastore(), register_blueprint=False, totp_cls=OnceTotp)
    manager = security.login_manager
    manager.user_loader(entering.load)
    manager.request_loader(lambda _request: None)  # no token in a header signs anybody in
    manager.unauthorized_handler(_unauthorized)
    throttle.init_app(app)
    routes.register(app)

    app.before_request(_second_factor_first)
    app.context_processor(lambda: {"second_factor_urged": _urged()})

    @app.after_request
    def _seen(response: Response) -> Response:
        entering.note_seen()
        return response


def _lacks_second_factor() -> bool:
    return bool(
        current_user.is_authenticated
        and current_user.role is Role.COORDINATOR
        and not current_user.has_second_factor
    )


def _urged() -> bool:
    """Tell whether this page, a coordinator's home, urges them to set up a second factor."""
    return request.path == HOME[Role.COORDINATOR] and _lacks_second_factor()


def _second_factor_first() -> ResponseReturnValue | None:
    """Lead coordinators to set up a second factor before anything else, where that is required."""
    if not house().settings.coordinators_need_second_factor or not _lacks_second_factor():
        return None
    if request.blueprint in ("account", "sign_in") or not request.path.startswith(
        ("/coordinator", "/documents", "/api")
    ):
        return None
    return redirect(url_for("account.second"))


def _unauthorized() -> ResponseReturnValue:
    if wants_json():
        message = _("Votre session a pris fin : rechargez la page pour revenir.")
        return jsonify({"error": message, "field": None}), 401
    if reach().startswith("appointment:"):
        return render_template("candidate/oral_alone.html"), 403
    if request.method not in SAFE:
        return redirect(url_for("sign_in.login"))
    wanted = entering.safe_next(request.full_path.rstrip("?"))
    return redirect(url_for("sign_in.login", next=wanted))
