"""The text of a calendar as components and properties (RFC 5545, section 3.1); pure, linear.

Only what busy times are read from is kept. A line that is wrong elsewhere (a priority, an alarm, a
comment) is never looked at; a structure that is wrong is refused, since lines may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from scheduling.unreadable import Reason, Unreadable

MOST_BYTES: Final = 5 * 1024 * 1024
DEEPEST: Final = 8
MARK: Final = b"BEGIN:VCALENDAR"
ONE_AT_A_TIME: Final = frozenset(
    {"VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"}
)
KEPT: Final = {
    "VCALENDAR": frozenset({"X-WR-TIMEZONE"}),
    "VEVENT": frozenset(
        {
            *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
            *("UID", "SEQUENCE", "SUMMARY", "STATUS", "TRANSP"),
            *("X-MICROSOFT-CDO-BUSYSTATUS", "X-APPLE-TRAVEL-DURATION"),
        }
    ),
    "VFREEBUSY": frozenset({"FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"}),
    "DAYLIGHT": frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"}),
}
NOTHING: Final[frozenset[str]] = frozenset()
TIMES: Final = frozenset({"DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"})
"""Properties whose values hold no colon: what stands before the last one is name and parameters."""
BREAKS: Final = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its parameters by upper-case name, quotes taken off, and its value."""

    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """One component: where it begins, its kept properties by name, its own components."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    components: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Return the properties of a name that say something."""
        return [each for each in self.properties.get(name, ()) if each.value]

    def word(self, name: str) -> str:
        """Return the first value of a name, or nothing."""
        return next((each.value for each in self.properties.get(name, ())), "")


def calendars(content: bytes) -> list[Component]:
    """Return the calendars of a file: one, or several one after the other.

    Raises:
        Unreadable: too big, not a calendar, or one of which lines are missing.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Reason.TOO_BIG)
    text = _text(content)
    if MARK.decode() not in text[:4096].upper():
        raise Unreadable(Reason.NOT_A_CALENDAR)
    whole: list[Component] = []
    path: list[Component] = []
    for number, line in _lines(text):
        start = line[:6].upper()
        if start == "BEGIN:":
            _begin(whole, path, line[6:].strip().upper(), number)
        elif start[:4] == "END:":
            if not path or path.pop().name != line[4:].strip().upper():
                raise Unreadable(Reason.CUT, f"l. {number}")
        elif path:
            _keep(path[-1], line)
    if path or not whole:
        raise Unreadable(Reason.CUT)
    return whole


def _text(content: bytes) -> str:
    """Return a file's text: UTF-8, or what Windows wrote before; zero bytes say nothing."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").replace("\0", "")
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each content line unfolded, with its number; empty ones are none."""
    pieces: list[str] = []
    first = 0
    for number, line in enumerate(BREAKS.split(text), 1):
        if line[:1] in (" ", "\t") and pieces:
            if line.strip().upper() in ("BEGIN:VEVENT", "END:VEVENT"):
                # Announced, and then hidden in the line before.
                raise Unreadable(Reason.CUT, f"l. {number}")
            pieces.append(line[1:])
            continue
        if not line.strip():
            continue
        if pieces:
            yield first, "".join(pieces)
        pieces, first = [line], number
    if pieces:
        yield first, "".join(pieces)


def _begin(whole: list[Component], path: list[Component], name: str, line: int) -> None:
    if len(path) >= DEEPEST or (path and name == "VCALENDAR"):
        raise Unreadable(Reason.CUT, f"l. {line}")
    if len(path) > 1 and name in ONE_AT_A_TIME:
        # An event within an event: the end of the first was lost, and who knows what with it.
        raise Unreadable(Reason.CUT, f"l. {line}")
    made = Component(name, line)
    if path:
        path[-1].components.append(made)
    elif name == "VCALENDAR":
        whole.append(made)
    path.append(made)


def _keep(component: Component, line: str) -> None:
    kept = KEPT.get(component.name, NOTHING)
    end = len(line)
    for sign in ";:":
        place = line.find(sign, 0, end)
        end = end if place < 0 else place
    name = line[:end].strip().upper()
    if name in kept:
        component.properties.setdefault(name, []).append(_property(name, line[end:]))


def _property(name: str, rest: str) -> Property:
    """Return the property of a line after its name; without a colon, one that says nothing."""
    colon = rest.rfind(":") if name in TIMES else _first_colon(rest)
    if colon < 0:
        return Property({}, "")
    parameters: dict[str, str] = {}
    word = ""
    for number, part in enumerate(rest[:colon].rstrip(":").split('"')):
        if number % 2:  # in quotes: the value of the parameter that was just named
            parameters[word] = part.strip()
            continue
        for pair in part.split(";"):
            word, equals, value = pair.partition("=")
            word = word.strip().upper()
            if equals:
                parameters[word] = value.strip()
    return Property(parameters, rest[colon + 1 :].strip())


def _first_colon(text: str) -> int:
    """Return where the first colon outside quotes stands, -1 for none."""
    quoted = False
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            return place
    return -1
