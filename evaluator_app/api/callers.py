"""Who calls: a source of results, by the token that it was given."""

from __future__ import annotations

import hashlib

from flask import request
from flask_limiter.util import get_remote_address

from evaluator_app.sign_in.throttle import limiter
from evaluator_app.web.edge import db, house
from kernel.errors import N_, VivaError
from written_test.elsewhere import sources
from written_test.models import ResultSource


class Unauthorized(VivaError):
    """No token, or one that opens nothing."""

    status = 401


def token() -> str:
    """Return the token that the call bears, or nothing."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def caller() -> ResultSource:
    """Return the source that calls.

    Raises:
        Unauthorized: no token of ours.
    """
    source = sources.by_token(db(), token())
    if source is None:
        raise Unauthorized(
            N_("Jeton absent, renouvelé ou désactivé : envoyez « Authorization: Bearer … ».")
        )
    return source


def whose_share() -> str:
    """Return by what calls are counted: the token, else the address."""
    given = token()
    return hashlib.sha256(given.encode()).hexdigest() if given else get_remote_address()


def _off() -> bool:
    return not house().settings.throttle


calls = limiter.shared_limit(
    "120 per minute", scope="calls", key_func=whose_share, methods=["POST"], exempt_when=_off
)
"""How often one platform may call."""
