"""`viva doctor`, of the exam: who certifies, what is on offer, whether anybody can be examined."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from enrolment import queries
from evaluator_app.commands.findings import Finding
from kernel.db import Database
from kernel.settings import Settings
from rooms import contents
from scheduling import readiness

OWED = ("certifier_address", "certifier_phone", "publication_director", "hosting", "privacy_basis")
"""What the legal and the privacy notice say of whoever certifies."""
EXAMPLE = ".example"
"""No letter comes from there, nor arrives (RFC 2606)."""


def names(settings: Settings) -> list[Finding]:
    """Look whether the operator said who certifies, where people write, and where all this is."""
    return [
        Finding(
            "certifier",
            bool(settings.certifier_name),
            settings.certifier_name or "nobody said who certifies: no document is made",
            "set VIVA_CERTIFIER_NAME",
        ),
        _mailbox("support", settings.support_email, settings.support, "VIVA_SUPPORT_EMAIL"),
        _mailbox("sender", settings.mail_from, settings.sender, "VIVA_MAIL_FROM"),
        Finding(
            "address",
            settings.over_https or _is_local(settings.base_url),
            settings.base_url,
            "browsers give a camera to https alone: VIVA_BASE_URL=https://…",
        ),
        _notices(settings),
    ]


def _notices(settings: Settings) -> Finding:
    """Say what the legal and the privacy notice leave out; an exam can be held without it."""
    unsaid = [f"VIVA_{name.upper()}" for name in OWED if not getattr(settings, name)]
    return Finding("notices", True, f"leave out {', '.join(unsaid)}" if unsaid else "complete")


def _mailbox(part: str, said: str, used: str, name: str) -> Finding:
    if not said:
        return Finding(part, False, f"nobody said: {used} stands in for it", f"set {name}")
    example = said.strip().rstrip(">").endswith(EXAMPLE)
    return Finding(part, not example, said, f"set {name}: nothing arrives at an example")


def _is_local(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def exam(settings: Settings) -> list[Finding]:
    """Look whether each certification on offer has an oral to hold, hours, and a written level."""
    place = Database(settings.database)
    try:
        with place.session(read_only=True) as db:
            if not queries.certifications(db):
                return [Finding("content", True, "no certification is on offer yet")]
            return [*_content(db), *_hours(db)]
    except SQLAlchemyError:
        return []  # said of the database
    finally:
        place.dispose()


def _content(db: Session) -> list[Finding]:
    return [_lacks(row) for row in contents.unready(db)] or [
        Finding("content", True, "every certification on offer has its own")
    ]


def _lacks(row: contents.Unready) -> Finding:
    code = f"{row.certification.code} ({row.certification.language})"
    if row.oral:
        words = f"{code}: no set of content is whole for an oral"
        mend = "publish one (viva content publish), or withdraw it: nothing is booked meanwhile"
        return Finding("content", False, words, mend)
    return Finding("content", True, f"{code}: no bank of questions; levels are entered or imported")


def _hours(db: Session) -> list[Finding]:
    mend = "an evaluator of that language opens their hours, or each oral is placed by hand"
    return [
        Finding("hours", False, f"{row.code} ({row.language}): no hour can be booked", mend)
        for row in readiness.without_hours(db)
    ] or [Finding("hours", True, "evaluators have opened hours for every certification on offer")]
