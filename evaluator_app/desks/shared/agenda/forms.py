"""What the agenda's forms send, read."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from kernel.errors import N_, Invalid
from scheduling import agendas
from scheduling.agendas import Hours, clock_words

Form = MultiDict[str, str]
MOST_LINES = 10


class Line(NamedTuple):
    """One range of a weekday as it is typed."""

    start: str = ""
    end: str = ""


def text_asked(form: Form, name: str) -> str:
    """Return a field's text.

    Raises:
        Invalid: signs that no keyboard writes.
    """
    text = form.get(name, "")
    if "\0" in text or len(text) > 4000:
        raise Invalid(N_("Ce texte ne se lit pas."), name)
    return text.strip()


def number_asked(form: Form, name: str) -> int:
    """Return a field's whole number.

    Raises:
        Invalid: it is none.
    """
    text = text_asked(form, name)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Invalid(N_("Écrivez un nombre entier."), name)
    return int(text)


def day_asked(form: Form, name: str, otherwise: date | None = None) -> date:
    """Return a field's day, `otherwise` if it is empty.

    Raises:
        Invalid: it is no day.
    """
    text = text_asked(form, name)
    if not text and otherwise is not None:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(N_("Choisissez un jour."), name) from error


def lines_of(hours: list[Hours]) -> list[list[Line]]:
    """Return the hours of each weekday as its lines; a day without has an empty one."""
    days: list[list[Line]] = [[] for _ in range(7)]
    for opening in hours:
        days[opening.weekday].append(Line(clock_words(opening.start), _end_words(opening.end)))
    return [lines or [Line()] for lines in days]


def _end_words(minute: int) -> str:
    """Return an end as a time field writes it: there midnight is 00:00."""
    return clock_words(minute % 1440)


def lines_asked(form: Form) -> list[list[Line]]:
    """Return what was typed for each weekday, after the line that a button adds or takes away."""
    days = []
    for weekday in range(7):
        typed = zip_longest(
            form.getlist(f"start-{weekday}")[:MOST_LINES],
            form.getlist(f"end-{weekday}")[:MOST_LINES],
            fillvalue="",
        )
        lines = [Line(start.strip()[:10], end.strip()[:10]) for start, end in typed]
        days.append(lines or [Line()])
    added = form.get("more", "")
    if added in set("0123456") and added and len(days[int(added)]) < MOST_LINES:
        days[int(added)].append(Line())
    day, _, number = form.get("less", "").partition(".")
    if day in set("0123456") and day and number.isdecimal() and len(number) < 3:
        left = [line for at, line in enumerate(days[int(day)]) if at != int(number)]
        days[int(day)] = left or [Line()]
    return days


def new_nights(ranges: list[Hours], known: list[Hours]) -> list[Hours]:
    """Return the ranges that end the next day, and were not there before: a slip, or a night."""
    return [hours for hours in ranges if hours.end < hours.start and hours not in known]


def ranges_asked(lines: list[list[Line]]) -> list[Hours]:
    """Return the hours that were typed; lines left empty are none.

    Raises:
        Invalid: an hour that is none, or half of a range.
    """
    asked = []
    for weekday, typed in enumerate(lines):
        for line in typed:
            if not line.start and not line.end:
                continue
            if not line.start or not line.end:
                raise Invalid(
                    N_("Une plage a un début et une fin : complétez-la ou videz-la."), "hours"
                )
            asked.append(Hours(weekday, *agendas.span(line.start, line.end, "hours")))
    return asked
