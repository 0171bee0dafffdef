"""Calendars read from an address (`kernel.fetching`), and what their servers mean by an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import SplitResult

from kernel import fetching
from kernel.fetching import Failure, NotFetched, Request
from scheduling.busy_text import MOST_BYTES
from scheduling.unreadable import Reason, Unreadable

SECONDS: Final = fetching.SECONDS
AGENT: Final = "VivaVoce-Calendars/1"
ALIASES: Final = {"webcal": "https"}
WELL: Final = (200, 207)  # 207: what a CalDAV server answers
STATUSES: Final[Mapping[int | None, Reason]] = {
    401: Reason.SIGN_IN,
    403: Reason.SIGN_IN,
    404: Reason.GONE,
    410: Reason.GONE,
}


def parts(address: str, *, local: bool) -> SplitResult:
    """Return the parts of a calendar's address; webcal is https.

    Raises:
        Unreadable: not an https address (http only where addresses may be local), or none at all.
    """
    try:
        return fetching.parts(address, local=local, aliases=ALIASES)
    except NotFetched as error:
        raise _unreadable(error) from error


def fetch(request: Request, *, local: bool = False, seconds: float = SECONDS) -> bytes:
    """Return what a calendar's server answers, all of it within `seconds`.

    Raises:
        Unreadable: it cannot be reached, refuses, or gives too much.
    """
    asked = replace(request, agent=AGENT, most_bytes=MOST_BYTES, aliases=ALIASES, well=WELL)
    try:
        return fetching.fetch(asked, local=local, seconds=seconds)
    except NotFetched as error:
        raise _unreadable(error) from error


def _unreadable(error: NotFetched) -> Unreadable:
    if error.failure is not Failure.STATUS:
        return Unreadable(Reason(error.failure))
    reason = STATUSES.get(error.status, Reason.REFUSED)
    return Unreadable(reason, str(error.status) if reason is Reason.REFUSED else "")
