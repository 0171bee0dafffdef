"""Hostile calendars and answers: the time they cost grows in step with their bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from growth import grows_in_step

from scheduling import caldav
from scheduling.busy_reading import read
from scheduling.unreadable import Unreadable

START, END = datetime(2026, 11, 27, tzinfo=UTC), datetime(2027, 3, 27, tzinfo=UTC)
MOST = 512 * 1024
HEAD = "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261201T090000Z\r\nDURATION:PT1H\r\n"


def calendar(body: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n".encode()


def event(more: str) -> str:
    return f"{HEAD}{more}\r\nEND:VEVENT\r\n"


CALENDARS: dict[str, Callable[[int], bytes]] = {
    "exceptions": lambda n: calendar(event("EXDATE:" + ",".join(["20261201T090000Z"] * n))),
    "more dates": lambda n: calendar(event("RDATE:" + ",".join(["20161201T090000Z"] * n))),
    "parameters": lambda n: calendar(event("EXDATE;" + "x" * 20 * n + ":20261201T090000Z")),
    "quotes": lambda n: calendar(event("EXDATE;" + 'x="' * 8 * n + ":20261201T090000Z")),
    "folds": lambda n: calendar(event("SUMMARY:x" + "\r\n x" * 4 * n)),
    "open": lambda n: b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\nEND:X\r\n" * n,
    "digits": lambda n: calendar(event("RRULE:FREQ=DAILY;COUNT=" + "9" * 20 * n)),
    "hours": lambda n: calendar(event("RRULE:FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 4 * n))),
    "changes": lambda n: calendar(
        event("SUMMARY:x") * (n // 16) + event("RECURRENCE-ID:20261201T090000Z") * (n // 16)
    ),
    "never": lambda n: calendar(
        event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1").replace("2026", "1900")
        * (n // 64)
    ),
}


def answer(inner: str) -> bytes:
    names = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return f"<multistatus {names}>{inner}</multistatus>".encode()


DATA = (
    "<response><href>/a</href><propstat><prop>"
    "<C:calendar-data>{}</C:calendar-data></prop></propstat></response>"
)
ANSWERS: dict[str, Callable[[int], bytes]] = {
    "deep": lambda n: answer("<a>x" * 8 * n + "</a>" * 8 * n),
    "shallow": lambda n: answer(("<a>x" * 30 + "</a>" * 30) * (n // 4)),
    "deep data": lambda n: answer(DATA.format("<a>x" * 8 * n + "</a>" * 8 * n)),
    "references": lambda n: answer(DATA.format("&#10;&lt;" * 8 * n)),
    "lines": lambda n: answer(DATA.format("x\n" * 8 * n)),
    "responses": lambda n: answer(DATA.format("x") * n),
    "attributes": lambda n: answer("<a " + " ".join(f'b{i}="c"' for i in range(n)) + "/>"),
}


@pytest.mark.parametrize("name", CALENDARS)
def test_reading_a_calendar_is_linear(name):
    def act(content: bytes) -> object:
        return read(content, "Europe/Paris", START, END)

    assert grows_in_step(act, CALENDARS[name], most=MOST, refusal=Unreadable)


@pytest.mark.parametrize("name", ANSWERS)
def test_reading_an_answer_is_linear(name):
    assert grows_in_step(caldav.calendars, ANSWERS[name], most=MOST, refusal=Unreadable)
