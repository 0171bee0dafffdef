"""The one question that we ask a CalDAV server, and its answer (RFC 4791, section 7.8); pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from scheduling.busy_reading import Trouble, Unreadable

DATA = "urn:ietf:params:xml:ns:caldav calendar-data"
HEADERS = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}

_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
    <C:time-range start="{start}" end="{end}"/>
  </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>
"""


def query(start: datetime, end: datetime) -> bytes:
    """Return the request for the events between two moments."""
    first, last = (moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for moment in (start, end))
    return _QUERY.format(start=first, end=last).encode()


def calendars(answer: bytes) -> list[bytes]:
    """Return the calendar texts of a server's answer, one an event.

    Raises:
        Unreadable: it is no such answer; one that declares entities is not read.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    names: list[str] = []
    found: list[list[str]] = []

    def begin(name: str, _attributes: Any) -> None:
        names.append(name)
        if name == DATA:
            found.append([])

    def text(words: str) -> None:
        if DATA in names:
            found[-1].append(words)

    def refuse(*_declared: Any) -> None:
        raise Unreadable(Trouble.BROKEN)

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: names.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(answer, True)
    except expat.ExpatError as error:
        raise Unreadable(Trouble.NOT_A_CALENDAR) from error
    seen = ["".join(part).strip() for part in found]
    if not seen and b"multistatus" not in answer[:2048]:
        raise Unreadable(Trouble.NOT_A_CALENDAR)
    return [one.encode() for one in seen if one]
