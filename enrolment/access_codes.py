"""A candidate's access code: the first password of their account, in the letter of enrolment.

The code is made when the letter is written, from the letter and the secret key: written again, the
letter has the same one, and no row holds it; the account keeps its hash.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.codes import LETTERS, in_fours
from kernel.settings import Settings
from people import entry, letters, passwords
from people.letters import Letter, Opens
from people.models import LinkPurpose, User

LIVES = timedelta(days=92)
"""An access code ends with the access window, and after so long at the latest."""
ENROLMENT = "enrolment"


def opens(candidacy: Candidacy) -> Opens:
    """Return what the letter of enrolment opens: a code, for who has no password, and a link."""
    return Opens(ENROLMENT, {"until": candidacy.window_end.isoformat()})


@letters.makes(ENROLMENT)
def make_for(
    db: Session, settings: Settings, letter: Letter, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the link and, for somebody without a password, the code of a letter of enrolment."""
    if letter.reader is None:
        msg = f"{letter.template} opens no account"
        raise ValueError(msg)
    user = letter.reader
    code = _code(settings, letter, user)
    if code and user.password is None:
        user.password = passwords.hashed(settings, code)
        user.code_until = min(datetime.fromisoformat(facts["until"]), letter.queued_at + LIVES)
    until = user.code_until.isoformat() if code and user.code_until else ""
    link = entry.make_for(db, settings, letter, {"purpose": LinkPurpose.INVITATION})
    login = user.email if code else ""
    return {"login": login, "code": code, "code_until": until, **link}


def _code(settings: Settings, letter: Letter, user: User) -> str:
    """Return the code that this letter brings; "" if the account has another, or a password."""
    codes = [derived(secret, letter.key) for secret in settings.secrets]
    if user.password is None:
        return codes[0]
    if user.code_until is None:
        return ""
    return next((code for code in codes if passwords.fits(settings, code, user.password)), "")


def derived(secret: str, key: str) -> str:
    """Return the code of the letter `key`, such as « K7QM-2XWD-9HPT »: 60 bits."""
    digest = hmac.new(secret.encode(), f"access code {key}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    return in_fours("".join(LETTERS[number >> 5 * place & 31] for place in range(12)))
