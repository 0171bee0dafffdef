"""What we ask a CalDAV server, and its answers (RFC 4791, RFC 4918); pure, linear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from xml.parsers import expat

from scheduling.unreadable import Reason, Unreadable

DAV: Final = "DAV: "
CALDAV: Final = "urn:ietf:params:xml:ns:caldav "
DEEPEST: Final = 40
XML: Final = "application/xml; charset=utf-8"
HEADERS: Final = {"Depth": "1", "Content-Type": XML}
ITSELF: Final = {"Depth": "0", "Content-Type": XML}

_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
    <C:time-range start="{start}" end="{end}"/>
  </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>
"""
WHAT_IS_THERE: Final = b"""<?xml version="1.0" encoding="utf-8"?>
<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>
  <D:resourcetype/><D:current-user-principal/><C:calendar-home-set/>
  <C:supported-calendar-component-set/><C:schedule-calendar-transp/>
</D:prop></D:propfind>
"""


def query(start: datetime, end: datetime) -> bytes:
    """Return the request for the events between two moments."""
    first, last = (moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for moment in (start, end))
    return _QUERY.format(start=first, end=last).encode()


@dataclass(slots=True)
class Resource:
    """What an answer says of one address: a calendar's text, or what kind of thing it is."""

    href: str = ""
    status: str = ""
    text: str = ""
    calendar: bool = False
    transparent: bool = False
    components: set[str] = field(default_factory=set)
    homes: list[str] = field(default_factory=list)
    principal: str = ""

    @property
    def takes_time(self) -> bool:
        """Tell whether it is a calendar of events that makes its owner busy."""
        events = not self.components or "VEVENT" in self.components
        return self.calendar and events and not self.transparent


def calendars(answer: bytes) -> list[bytes]:
    """Return the calendar texts of a server's answer, one an event.

    Raises:
        Unreadable: it is no such answer, declares entities, or announces what it does not give.
    """
    answers = resources(answer)
    for each in answers:
        if " 507 " in f"{each.status} ":
            raise Unreadable(Reason.TOO_BIG, "507")
        if not each.text and not each.href.endswith("/"):
            raise Unreadable(Reason.CUT, each.href.rpartition("/")[2][:60])
    return [each.text.encode() for each in answers if each.text]


def resources(answer: bytes) -> list[Resource]:
    """Return what a multistatus answer says of each address.

    Raises:
        Unreadable: it is no such answer; one that declares entities is not read.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words.append
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(answer, True)
    except expat.ExpatError as error:
        raise Unreadable(Reason.NOT_A_CALENDAR) from error
    if not reader.multistatus:
        raise Unreadable(Reason.NOT_A_CALENDAR)
    return reader.resources


class _Reader:
    """Walks through an answer once; `path` holds the names of what is open."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.words: list[str] = []
        self.resources: list[Resource] = []
        self.multistatus = False

    def refuse(self, *_declared: object) -> None:
        raise Unreadable(Reason.BROKEN)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.words.clear()
        if not self.path:
            self.multistatus = name == f"{DAV}multistatus"
        if len(self.path) >= DEEPEST:
            raise Unreadable(Reason.BROKEN)
        above = self.path[-1] if self.path else ""
        self.path.append(name)
        if name == f"{DAV}response":
            self.resources.append(Resource())
        elif self.resources:
            self._mark(self.resources[-1], above, name, attributes)

    def _mark(self, it: Resource, above: str, name: str, attributes: dict[str, str]) -> None:
        if above == f"{DAV}resourcetype" and name == f"{CALDAV}calendar":
            it.calendar = True
        elif above == f"{CALDAV}supported-calendar-component-set":
            it.components.add(attributes.get("name", "").upper())
        elif name == f"{CALDAV}transparent":
            it.transparent = True

    def end(self, name: str) -> None:
        self.path.pop()
        above = self.path[-1] if self.path else ""
        keep = self._keepers(above).get(name) if self.resources else None
        if keep is not None:
            keep("".join(self.words).strip())
        self.words.clear()

    def _keepers(self, above: str) -> dict[str, Callable[[str], None]]:
        """Return what is done with the words of an element that stands in `above`."""
        it = self.resources[-1]
        if above == f"{DAV}response":
            return {
                f"{DAV}href": lambda words: setattr(it, "href", words),
                f"{DAV}status": lambda words: setattr(it, "status", words),
            }
        if above == f"{CALDAV}calendar-home-set":
            return {f"{DAV}href": it.homes.append}
        if above == f"{DAV}current-user-principal":
            return {f"{DAV}href": lambda words: setattr(it, "principal", words)}
        return {f"{CALDAV}calendar-data": lambda words: setattr(it, "text", words)}
