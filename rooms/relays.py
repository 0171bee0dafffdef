"""Passwords that a TURN server with a shared secret accepts for a time."""

from __future__ import annotations

import base64
import hashlib
import hmac


def credentials(secret: str, name: str, until: int) -> tuple[str, str]:
    """Return the username and password that coturn's `use-auth-secret` accepts `until` then.

    The name is `<until>:<name>`, in seconds since 1970; the password its HMAC-SHA1 in base64.
    """
    user = f"{until}:{name}"
    code = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(code).decode()
