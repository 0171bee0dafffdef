"""The secrets that an installation cannot do without."""

from __future__ import annotations

import base64
import binascii

from kernel.settings import Settings

MAKE_KEY = 'python3 -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'


def faults(settings: Settings) -> list[str]:
    """Return what is wrong with the secrets, each with how to mend it."""
    lacking = []
    for name, secret, least in (
        ("VIVA_SECRET_KEY", settings.secret_key, 32),
        ("VIVA_PASSWORD_SALT", settings.password_salt, 16),
        ("VIVA_MEDIA_SECRET", settings.media_secret, 16),
    ):
        length = len(secret.get_secret_value())
        if length < least:
            lacking.append(f"{name} has {length} characters, and needs {least}: {MAKE_KEY}")
    if not settings.storage_keys:
        lacking.append(f"VIVA_STORAGE_KEYS is empty: {MAKE_KEY}")
    for number, key in enumerate(settings.storage_keys, start=1):
        try:
            size = len(base64.b64decode(key.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size != 32:
            lacking.append(f"VIVA_STORAGE_KEYS: key {number} is not base64 of 32 bytes: {MAKE_KEY}")
    return lacking
