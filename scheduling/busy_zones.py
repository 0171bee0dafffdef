"""Time zones of one calendar file: its own definitions first, then the names that are known; pure.

Nothing here outlives the reading of a file: two files may give one name to two zones, as Outlook
does with « Customized Time Zone ».
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling import busy_rules
from scheduling.busy_rules import Budget
from scheduling.busy_text import Component
from scheduling.unreadable import Reason, Unreadable

EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- a wall clock's
OFFSET: Final = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?")
SHIFTED: Final = re.compile(r"(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d\d))?")
WALL: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?(Z?)")
DAYS_BEFORE: Final = timedelta(days=3 * 366)
"""How long before what is looked for changes of hour are followed: one of them lies within."""

SUMMER: Final = 400 * 86_400
"""How long a summer time may last that a definition does not end: a year, and something."""


class Zone(Protocol):
    """A place whose clock can be read."""

    name: str

    def second(self, wall: datetime) -> int:
        """Return when the clock shows `wall`, in seconds since 1970.

        A time shown twice means the first; one that is skipped, counts from the hour before.
        """


class NamedZone:
    """A zone of the time zone database."""

    def __init__(self, name: str) -> None:
        """Load it."""
        self.name = name
        self.place = ZoneInfo(name)

    def second(self, wall: datetime) -> int:
        """See `Zone`."""
        return int(wall.replace(tzinfo=self.place).timestamp())


class FixedZone:
    """A zone always so many seconds ahead of UTC."""

    def __init__(self, name: str, ahead: int) -> None:
        """Keep both."""
        self.name, self.ahead = name, ahead

    def second(self, wall: datetime) -> int:
        """See `Zone`."""
        return _seconds(wall) - self.ahead


class Defined:
    """A zone that the file defines: its changes of hour around what is looked for.

    Some files define only the years of their events. Before the first change and after the last
    one the clock of a zone that is known goes on as it is known to.
    """

    def __init__(
        self, name: str, changes: list[tuple[int, int, int]], known: Zone | None, until: datetime
    ) -> None:
        """Keep changes (when in UTC, seconds ahead before, after), in any order; at least one.

        `until`: changes were followed until then.
        """
        self.name, self.known = name, known
        changes = sorted(set(changes))
        self.ahead = [changes[0][1], *(after for _, _, after in changes)]
        # The clock shows the new hour from here on: a time shown twice means the first.
        self.walls = [at + max(before, after) for at, before, after in changes]
        self.constant = len(set(self.ahead)) == 1
        in_summer = self.ahead[-1] > self.ahead[-2]
        self.ends = in_summer and self.walls[-1] < _seconds(until) - SUMMER

    def second(self, wall: datetime) -> int:
        """See `Zone`.

        Raises:
            Unreadable: the definition ended in a summer long ago, and nobody knows the zone.
        """
        shown = _seconds(wall)
        if not self.constant and not self.walls[0] <= shown < self.walls[-1]:
            if self.known is not None:
                return self.known.second(wall)
            if self.ends and shown > self.walls[-1] + SUMMER:
                raise Unreadable(Reason.UNKNOWN_ZONE, self.name[:60])
        return shown - self.ahead[bisect_right(self.walls, shown)]


class Disputed:
    """A zone that one calendar defines more than once: what its definitions agree on."""

    def __init__(self, name: str, zones: list[Zone]) -> None:
        """Keep them."""
        self.name, self.zones = name, zones

    def second(self, wall: datetime) -> int:
        """See `Zone`.

        Raises:
            Unreadable: the definitions disagree.
        """
        seconds = {zone.second(wall) for zone in self.zones}
        if len(seconds) > 1:
            raise Unreadable(Reason.UNKNOWN_ZONE, self.name[:60])
        return seconds.pop()


def _seconds(wall: datetime) -> int:
    return (wall - EPOCH) // timedelta(seconds=1)


UTC_ZONE: Final = FixedZone("UTC", 0)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the names that are known, in lower case, with the database's own."""
    windows = {name.lower(): place for name, place in WINDOWS_TO_OLSON.items()}
    own = available_timezones() - {"localtime", "posixrules", "Factory"}
    return windows | {"z": "UTC", "tzone://microsoft/utc": "UTC"} | {n.lower(): n for n in own}


@lru_cache(maxsize=1024)
def well_known(name: str) -> Zone | None:
    """Return the zone of a name of the time zone database, of Windows, or « UTC+03:00 ».

    Some programs write a prefix: /freeassociation.sourceforge.net/Tzfile/Europe/Paris.
    """
    parts = name.strip("/").split("/") if name.startswith("/") else [name]
    for skipped in range(min(len(parts), 6)):
        place = _names().get("/".join(parts[skipped:]).lower())
        if place is not None:
            return UTC_ZONE if place == "UTC" else NamedZone(place)
    match = SHIFTED.fullmatch(name.upper().replace(" ", ""))
    if match is None or int(match[2]) > 14:
        return None
    ahead = 3600 * int(match[2]) + 60 * int(match[3] or 0)
    return FixedZone(name, -ahead if match[1] == "-" else ahead)


class Zones:
    """The zones of one calendar, as its events name them."""

    def __init__(
        self, calendar: Component, reader: Zone, start: datetime, end: datetime, budget: Budget
    ) -> None:
        """Read the calendar's own definitions, around what is looked for."""
        span = (_wall(start) - DAYS_BEFORE, _wall(end) + timedelta(days=366))
        texts: dict[str, dict[str, Component]] = {}
        for part in calendar.components:
            if part.name == "VTIMEZONE":
                text = repr([(each.name, each.properties) for each in part.components])
                texts.setdefault(_plain(part.word("TZID")), {})[text] = part
        self.own = {
            name: _own(name, list(parts.values()), span, budget) for name, parts in texts.items()
        }
        wanted = calendar.word("X-WR-TIMEZONE")
        self.floating: Zone | None = self.named(wanted) if wanted else reader
        self.reader = reader

    def named(self, name: str) -> Zone | None:
        """Return the zone of a name: the file's own before any other, None for an unknown one."""
        plain = _plain(name)
        return self.own.get(plain) or well_known(plain)


def _plain(name: str) -> str:
    return name.strip().strip('"').strip()


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _own(
    name: str, parts: list[Component], span: tuple[datetime, datetime], budget: Budget
) -> Zone | None:
    """Return a zone as the file's definitions of it have it, None when they do not say enough."""
    zones = [zone for part in parts if (zone := _defined(name, part, span, budget)) is not None]
    return Disputed(name, zones) if len(zones) > 1 else next(iter(zones), None)


def _defined(
    name: str, part: Component, span: tuple[datetime, datetime], budget: Budget
) -> Zone | None:
    """Return a zone as a file defines it, None when it does not say enough."""
    changes: list[tuple[int, int, int]] = []
    for observance in part.components:
        if observance.name not in ("STANDARD", "DAYLIGHT"):
            continue
        after = _offset(observance.word("TZOFFSETTO"))
        before = _offset(observance.word("TZOFFSETFROM"))
        if after is None:
            return None
        before = after if before is None else before
        try:
            walls = _onsets(observance, before, span, budget)
        except (ValueError, OverflowError):
            return None
        changes += [(_seconds(wall) - before, before, after) for wall in walls]
    return Defined(name, changes, well_known(name), span[1]) if changes else None


def _onsets(
    observance: Component, before: int, span: tuple[datetime, datetime], budget: Budget
) -> set[datetime]:
    """Return when an observance begins, on the clock that was right until then.

    Raises:
        ValueError: it does not say when, or by a rule that we do not read.
    """
    ahead = timedelta(seconds=before)
    begins = _onset(observance.word("DTSTART"), ahead)
    onsets = {begins}
    for each in observance.all("RRULE"):
        rule = busy_rules.parse(each.value)
        first, last = span
        if rule.until:
            until = _onset(rule.until, ahead)
            if "T" not in rule.until:
                until += timedelta(days=1)
            # An observance that has ended still tells the hour until the next one.
            first, last = min(first, until - DAYS_BEFORE), min(last, until)
        onsets |= set(busy_rules.follow(rule, begins, max(first, begins), last, budget))
    for each in observance.all("RDATE"):
        onsets |= {_onset(word.partition("/")[0], ahead) for word in each.value.split(",")}
    return onsets


def _onset(text: str, ahead: timedelta) -> datetime:
    """Return a moment on the clock before the change; one in UTC is brought there."""
    match = WALL.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(text)
    wall = datetime(*(int(number or 0) for number in match.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
    return wall + ahead if match[7] else wall


def _offset(text: str) -> int | None:
    match = OFFSET.fullmatch(text.strip())
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        return None
    seconds = 3600 * int(match[2]) + 60 * int(match[3]) + int(match[4] or 0)
    return -seconds if match[1] == "-" else seconds
