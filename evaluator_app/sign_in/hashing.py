"""What an account keeps of a password or an access code, and whether one typed is the right one."""

from __future__ import annotations

import re
import unicodedata

from flask import current_app

from evaluator_app.web.edge import house
from people import passwords

CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")


def hash_code(code: str) -> str:
    """Return what an account keeps of a password or an access code."""
    return passwords.hashed(house().settings, code)


def _readings(typed: str) -> list[str]:
    """Return `typed`, and the access code that it is when its dashes or capitals are missing."""
    readings = [unicodedata.normalize("NFKC", typed)]
    letters = re.sub(r"[\s\-‐‑–]", "", typed).upper()
    if CODE.fullmatch(letters):
        code = "-".join(letters[i : i + 4] for i in (0, 4, 8))
        if code != readings[0]:
            readings.append(code)
    return readings


def matches(typed: str, kept: str | None) -> bool:
    """Tell whether `typed` is what `kept` was made of; as slow when nothing was kept."""
    against = kept or _nobody()
    fitting = [passwords.fits(house().settings, text, against) for text in _readings(typed)]
    return kept is not None and any(fitting)


def _nobody() -> str:
    """Return a hash that nothing matches, made once."""
    hashed: str | None = current_app.extensions.get("viva_nobody")
    if hashed is None:
        hashed = current_app.extensions["viva_nobody"] = hash_code("nobody at all")
    return hashed
