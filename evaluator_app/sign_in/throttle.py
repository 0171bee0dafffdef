"""How often one address may try: generous, for a whole room of candidates shares one."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from evaluator_app.web.edge import actor, house

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")
"""Counts in memory: the web process is one."""


def _off() -> bool:
    return not house().settings.throttle


def _whose() -> str:
    return str(actor().user_id or get_remote_address())


tries = limiter.shared_limit(
    "60 per minute; 600 per hour", scope="tries", methods=["POST"], exempt_when=_off
)
"""Passwords, codes and e-mailed links."""

mails = limiter.shared_limit(
    "20 per minute; 120 per hour", scope="mails", methods=["POST"], exempt_when=_off
)
"""What makes a mail leave."""

offers = limiter.shared_limit(
    "60 per minute", scope="offers", key_func=_whose, methods=["POST"], exempt_when=_off
)
"""Connections to the media server: a page whose call is cut tries forty times a minute."""


def init_app(app: Flask) -> None:
    """Count the tries at `app`."""
    limiter.init_app(app)
