"""Absolute addresses for mails and documents, and the signed tokens that some of them carry.

The table is short on purpose; a test of the roof holds it against the real routes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from kernel.errors import N_, NotThere
from kernel.settings import Settings

ADDRESSES = {
    "home": "/",
    "sign_in": "/login",
    "recover": "/login/forgotten",
    "account": "/account/",
    "verify": "/verify/{code}",
    "personal": "/p/{token}",
    "entry": "/e/{token}",
    "feed": "/agenda/{feed}.ics",
    "candidate_home": "/candidate/",
    "coordinator_candidacy": "/coordinator/candidacies/{candidacy_id}",
    "results": "/candidate/candidacies/{candidacy_id}/results",
    "proctoring": "/candidate/proctoring/{watch_id}",
    "identity_pictures": "/coordinator/proctoring/identities",
    "booking": "/candidate/candidacies/{candidacy_id}/booking",
    "help": "/candidate/candidacies/{candidacy_id}/help",
    "support": "/coordinator/messages",
    "evaluator_home": "/evaluator/",
    "organisation_candidacy": "/organisation/candidacies/{candidacy_id}",
}


def path(name: str, **parts: object) -> str:
    """Return the address `name` within the site, with its `parts` quoted.

    Raises:
        KeyError: no such name, or a part is missing.
    """
    return ADDRESSES[name].format(**{k: quote(str(v), safe="") for k, v in parts.items()})


def address(settings: Settings, name: str, **parts: object) -> str:
    """Return the absolute address `name` with its `parts` quoted.

    Raises:
        KeyError: no such name, or a part is missing.
    """
    return settings.base_url.rstrip("/") + path(name, **parts)


def _serializer(settings: Settings, purpose: str) -> URLSafeTimedSerializer:
    # The library wants the oldest first, and signs with the last.
    return URLSafeTimedSerializer(settings.secrets[::-1], salt=f"viva {purpose}")


def sign(
    settings: Settings, purpose: str, payload: dict[str, Any], *, at: datetime | None = None
) -> str:
    """Return a signed, readable token that only `purpose` accepts.

    It bears the moment `at`, default now: with it the token of a thing is always the same.
    """
    serializer = _serializer(settings, purpose)
    signer = cast("TimestampSigner", serializer.make_signer())
    if at is not None:
        signer.get_timestamp = lambda: int(at.timestamp())  # type: ignore[method-assign]
    return signer.sign(serializer.dump_payload(payload)).decode()


def read(
    settings: Settings, purpose: str, token: str, *, max_age: int | None = None
) -> dict[str, Any]:
    """Return what `sign` put into `token`; `max_age` in seconds.

    Raises:
        NotThere: forged, cut, of another purpose, or too old.
    """
    try:
        payload = _serializer(settings, purpose).loads(token, max_age=max_age)
    except BadData:
        raise NotThere(
            N_("Ce lien n'est pas valable. Il a peut-être été coupé, ou il a expiré.")
        ) from None
    if not isinstance(payload, dict):
        raise NotThere
    return payload
