"""Where an account's calendars are, from whatever address of it somebody typed (RFC 6764).

People copy the address of their server, of their account or of one calendar. Only the last answers
a question about events; the others answer it with nothing, which must never be read as « free ».
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from kernel.fetching import Request
from scheduling import caldav, remote
from scheduling.busy_text import MOST_BYTES
from scheduling.caldav import Resource
from scheduling.unreadable import Reason, Unreadable

MOST_COLLECTIONS: Final = 30
WELL_KNOWN: Final = "/.well-known/caldav"
PERHAPS_ELSEWHERE: Final = (Reason.GONE, Reason.REFUSED, Reason.SIGN_IN)
"""Refusals of a question about events that an address which is no calendar may give."""


@dataclass(frozen=True, slots=True)
class Account:
    """A way to ask one server, all answers together within a time."""

    address: str
    user: str
    password: str
    local: bool
    due: float

    def ask(self, address: str, method: str, body: bytes, depth: str) -> bytes:
        """Return an answer.

        Raises:
            Unreadable: there is none, or no time is left.
        """
        left = self.due - time.monotonic()
        if left <= 0:
            raise Unreadable(Reason.SLOW)
        headers = {**caldav.HEADERS, "Depth": depth}
        request = Request(address, method, body, headers, self.user, self.password)
        return remote.fetch(request, local=self.local, seconds=min(left, remote.SECONDS))

    def look(self, address: str, depth: str) -> list[Resource]:
        """Return what lies at an address (depth 0), or there and below it (1)."""
        return caldav.resources(self.ask(address, "PROPFIND", caldav.WHAT_IS_THERE, depth))

    def at(self, href: str) -> str:
        """Return the address of a reference, on the server that the password is for or beside it.

        Raises:
            Unreadable: it is of somebody else's server.
        """
        address = urljoin(self.address, href)
        here, there = urlsplit(self.address), urlsplit(address)
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            return address
        parent = str(here.hostname).partition(".")[2]
        beside = "." in parent and str(there.hostname).endswith(f".{parent}")
        if there.scheme != here.scheme or here.port != there.port or not beside:
            raise Unreadable(Reason.REDIRECTS)
        return address


def texts(account: Account, question: bytes) -> list[bytes]:
    """Return the events of the calendar at an address, or of all of the account's calendars.

    Raises:
        Unreadable: it cannot be reached or read, or there is no calendar.
    """
    failure: Unreadable | None = None
    try:
        calendars = caldav.calendars(account.ask(account.address, "REPORT", question, "1"))
    except Unreadable as error:
        if error.reason not in PERHAPS_ELSEWHERE:
            raise
        failure, calendars = error, []
    if calendars:
        return calendars
    for address in _collections(account, failure):
        calendars += caldav.calendars(account.ask(address, "REPORT", question, "1"))
        if sum(map(len, calendars)) > MOST_BYTES:
            raise Unreadable(Reason.TOO_BIG)
    return calendars


def _collections(account: Account, failure: Unreadable | None) -> list[str]:
    """Return the addresses of the calendars: the one typed, or those of the account.

    Raises:
        Unreadable: there is none; where the first question failed too, for the same reason.
    """
    here = _perhaps(lambda: account.look(account.address, "0"))
    if failure is None and any(each.calendar for each in here):
        return []  # a calendar without an event in these days
    homes = _homes(account, here)
    if not homes and urlsplit(account.address).path.strip("/") in ("", WELL_KNOWN.strip("/")):
        homes = _homes(account, _perhaps(lambda: account.look(account.at(WELL_KNOWN), "0")))
    # A home that was named and refuses may hold busy times; where none was, the look is a guess.
    below = (
        [each for home in homes for each in account.look(home, "1")]
        if homes
        else _perhaps(lambda: account.look(account.address, "1"))
    )
    if not any(each.calendar for each in below):
        raise failure or Unreadable(Reason.NO_COLLECTION)
    addresses = dict.fromkeys(account.at(each.href) for each in below if each.takes_time)
    if len(addresses) > MOST_COLLECTIONS:
        raise Unreadable(Reason.TOO_BIG)
    return list(addresses)


def _homes(account: Account, here: list[Resource]) -> list[str]:
    """Return where the calendars of whoever signed in are kept: said here, or by who they are."""
    homes = [account.at(home) for each in here for home in each.homes]
    if homes:
        return homes
    principals = dict.fromkeys(account.at(each.principal) for each in here if each.principal)
    answers = [_perhaps(lambda who=who: account.look(who, "0")) for who in principals]  # type: ignore[misc]
    return [account.at(home) for answer in answers for each in answer for home in each.homes]


def _perhaps(look: Callable[[], list[Resource]]) -> list[Resource]:
    """Return an answer, or nothing where the server does not take the question."""
    try:
        return look()
    except Unreadable as error:
        if error.reason in (*PERHAPS_ELSEWHERE, Reason.NOT_A_CALENDAR):
            return []
        raise
