"""What the agenda's page shows, made ready: the week's picture, days off in a row, calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import get_day_names

from evaluator_app.words import _, locale
from kernel.errors import Invalid
from scheduling import agendas, busy
from scheduling.agendas import Hours, clock_words
from scheduling.hours import DAY
from scheduling.models import BusySource, BusySourceKind, OtherDay
from scheduling.unreadable import Reason, in_words

BARS_FROM, BARS_TO = 7, 21  # hours that the picture shows at least


@dataclass(frozen=True)
class Bar:
    """One range in the picture: its column, from when to when in minutes of the day."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class Week:
    """The weekly hours as a picture and as words."""

    names: list[str]
    short: list[str]
    bars: list[Bar]
    first: int
    last: int
    words: list[tuple[str, str]]
    total: str


def week(hours: list[Hours]) -> Week:
    """Return the picture of weekly hours; what passes midnight goes on in the next column."""
    bars = []
    for hour in hours:
        if hour.end > hour.start:
            bars.append(Bar(hour.weekday, hour.start, hour.end))
        else:
            bars.append(Bar(hour.weekday, hour.start, DAY))
            bars.append(Bar((hour.weekday + 1) % 7, 0, hour.end))
    names = get_day_names("wide", locale=locale())
    short = get_day_names("abbreviated", locale=locale())
    said: dict[int, list[str]] = {}
    for hour in hours:
        said.setdefault(hour.weekday, []).append(
            f"{clock_words(hour.start)}–{clock_words(hour.end)}"
        )
    whole = sum(hour.lasts for hour in hours)
    return Week(
        names=[names[day] for day in range(7)],
        short=[short[day] for day in range(7)],
        bars=bars,
        first=min([BARS_FROM, *(bar.start // 60 for bar in bars)]),
        last=max([BARS_TO, *(-(-bar.end // 60) for bar in bars)]),
        words=[(names[day], ", ".join(said[day])) for day in sorted(said)],
        total=f"{whole // 60} h {whole % 60:02d}" if whole % 60 else f"{whole // 60} h",
    )


def named_by_day(overlap: agendas.Overlap) -> Invalid:
    """Return the refusal of a whole week's hours, which says of which days the two ranges are."""
    names = get_day_names("wide", locale=locale())
    first, second = (
        f"{names[hours.weekday]} {clock_words(hours.start)}–{clock_words(hours.end)}"
        for hours in overlap.ranges
    )
    return Invalid(overlap.message, overlap.field, one=first, other=second)


def nights_in_words(nights: list[Hours]) -> str:
    """Name ranges that go on into the next day: « vendredi 09:00–02:00 (17 h) »."""
    names = get_day_names("wide", locale=locale())
    return ", ".join(
        f"{names[hours.weekday]} {clock_words(hours.start)}–{clock_words(hours.end)} "
        f"({hours.lasts // 60} h{f' {hours.lasts % 60:02d}' if hours.lasts % 60 else ''})"
        for hours in nights
    )


@dataclass(frozen=True)
class Days:
    """Days in a row that are alike: off (no words), or one with its own hours in words."""

    first: date
    last: date
    words: str
    note: str


def coming_days(rows: list[OtherDay]) -> list[Days]:
    """Return days off that follow each other with the same note as one; other hours by day."""
    shown: list[Days] = []
    for row in rows:
        if row.start_minute is not None and row.end_minute is not None:
            words = f"{clock_words(row.start_minute)}–{clock_words(row.end_minute)}"
            if shown and shown[-1].words and shown[-1].first == row.day:
                words = f"{shown.pop().words}, {words}"
            shown.append(Days(row.day, row.day, words, row.note))
        elif (
            shown
            and not shown[-1].words
            and shown[-1].note == row.note
            and shown[-1].last == row.day - timedelta(days=1)
        ):
            shown[-1] = Days(shown[-1].first, row.day, "", row.note)
        else:
            shown.append(Days(row.day, row.day, "", row.note))
    return shown


@dataclass(frozen=True)
class EventLeftOut:
    """An event that was left out: its day, if it says one, and why in words."""

    day: date | None
    why: str


@dataclass(frozen=True)
class CalendarShown:
    """An own calendar, what is wrong with it, and what of it was left out, in words.

    `more`: how many others were left out.
    """

    source: BusySource
    kind: str
    failure: str
    detail: str
    left: list[EventLeftOut]
    more: int


def calendars(rows: list[BusySource]) -> list[CalendarShown]:
    """Return own calendars with what evaluators should know."""
    return [
        CalendarShown(
            row,
            _("CalDAV") if row.kind is BusySourceKind.CALDAV else _("iCal"),
            *_failure(row),
            [_left(each) for each in row.left_out],
            row.left_out_count - len(row.left_out),
        )
        for row in rows
    ]


def _failure(row: BusySource) -> tuple[str, str]:
    if not busy.troubled(row):
        return "", ""
    code, _colon, detail = row.failure.partition(":")
    return in_words(Reason(code), locale()), detail


def _left(kept: dict[str, str]) -> EventLeftOut:
    day = date.fromisoformat(kept["day"]) if kept["day"] else None
    return EventLeftOut(day, in_words(Reason(kept["why"]), locale()))
