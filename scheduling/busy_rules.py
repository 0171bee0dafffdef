"""Recurrence rules (RFC 5545, section 3.3.10), followed on a wall clock within a window; pure.

A rule without a count is entered just before the window, however long ago it began. Every look at
a day or an hour is a step of a budget: a rule that fits no day ends with the window, not in 9999.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from scheduling.unreadable import Reason, Unreadable

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CLOCK: Final = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
CALENDAR: Final = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
PLACED: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
ONE_DAY: Final = timedelta(days=1)
MOST_STEPS: Final = 500_000


class Budget:
    """How many days and hours all rules of a calendar together may still look at."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        """Begin with so many steps."""
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps away.

        Raises:
            Unreadable: there were none left.
        """
        self.left -= steps
        if self.left < 0:
            raise Unreadable(Reason.TOO_OFTEN)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; empty tuples say nothing. `days`: (which one, 0 for each; weekday, 0 Monday)."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    days: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    week_start: int = 0

    def allows(self, day: date) -> bool:
        """Tell whether a day passes what a rule by the day or the hour says of days."""
        return (
            (not self.months or day.month in self.months)
            and (not self.month_days or _among(day.day, _month_length(day), self.month_days))
            and (not self.year_days or _among(_of_year(day), _year_length(day), self.year_days))
            and (not self.weeks or _week_fits(day, self.weeks, self.week_start))
            and (not self.days or any(day.weekday() == weekday for _, weekday in self.days))
        )


def parse(text: str) -> Rule:
    """Return the rule of a text.

    Raises:
        ValueError: a part is unknown, doubled, out of range, or of another calendar.
    """
    parts: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, _, value = part.strip().partition("=")
        if not value.strip():
            continue
        if name in parts:
            raise ValueError(name)
        parts[name] = value.strip()
    frequency = parts.pop("FREQ", "")
    if frequency not in CALENDAR and frequency not in CLOCK:
        raise ValueError(frequency)
    if parts.pop("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.pop("SKIP", "OMIT") != "OMIT":
        raise ValueError(text)
    interval, times = parts.pop("INTERVAL", "1"), parts.pop("COUNT", None)
    rule = Rule(
        frequency,
        min(max(1, int(interval)), 100_000),
        None if times is None else max(1, int(times)),
        parts.pop("UNTIL", ""),
        _numbers(parts.pop("BYMONTH", ""), 1, 12),
        _numbers(parts.pop("BYMONTHDAY", ""), 1, 31, both=True),
        _numbers(parts.pop("BYYEARDAY", ""), 1, 366, both=True),
        _numbers(parts.pop("BYWEEKNO", ""), 1, 53, both=True),
        _days(parts.pop("BYDAY", "")),
        _numbers(parts.pop("BYHOUR", ""), 0, 23),
        _numbers(parts.pop("BYMINUTE", ""), 0, 59),
        _numbers(parts.pop("BYSECOND", ""), 0, 59),
        _numbers(parts.pop("BYSETPOS", ""), 1, 366, both=True),
        WEEKDAYS.index(parts.pop("WKST", "MO")),
    )
    if parts:
        raise ValueError(", ".join(parts))
    return rule


def _numbers(text: str, least: int, most: int, *, both: bool = False) -> tuple[int, ...]:
    """Return the numbers of a list, each once; `both`: they may count from the end."""
    numbers = sorted({int(word) for word in text.split(",")}) if text else []
    if any(not least <= (abs(number) if both else number) <= most for number in numbers):
        raise ValueError(text)
    return tuple(numbers)


def _days(text: str) -> tuple[tuple[int, int], ...]:
    weekdays = set()
    for word in text.split(",") if text else ():
        match = PLACED.fullmatch(word.strip())
        if match is None or match[1] in ("0", "+0", "-0"):
            raise ValueError(text)
        weekdays.add((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return tuple(sorted(weekdays))


def follow(
    rule: Rule, begins: datetime, first: datetime, last: datetime, budget: Budget
) -> Iterator[datetime]:
    """Yield what the rule gives from `begins` on, between `first` and `last`, in order.

    All are readings of one wall clock, without a zone.

    Raises:
        Unreadable: the budget is spent.
    """
    if begins > last:
        return
    left = rule.count
    enter = begins if left is not None else max(begins, first)
    for wall in _walls(rule, begins, enter, last, budget):
        if wall > last or left == 0:
            return
        if wall < begins:
            continue
        if left is not None:
            left -= 1
        if wall >= first:
            yield wall


def _walls(
    rule: Rule, begins: datetime, enter: datetime, last: datetime, budget: Budget
) -> Iterator[datetime]:
    if rule.frequency in CLOCK:
        yield from _by_clock(rule, begins, enter, last, budget)
        return
    budget.spend(max(1, len(rule.hours)) * max(1, len(rule.minutes)) * max(1, len(rule.seconds)))
    times = [
        time(hour, minute, second)
        for hour in rule.hours or (begins.hour,)
        for minute in rule.minutes or (begins.minute,)
        for second in rule.seconds or (begins.second,)
    ]
    for days in _periods(rule, begins.date(), enter.date(), last.date(), budget):
        budget.spend(len(days) * len(times))
        walls = [datetime.combine(day, moment) for day in sorted(days) for moment in times]
        yield from _chosen(walls, rule.places)


def _chosen(walls: list[datetime], places: tuple[int, ...]) -> Iterable[datetime]:
    if not places:
        return walls
    indexes = {place - 1 if place > 0 else len(walls) + place for place in places}
    return [walls[index] for index in sorted(indexes) if 0 <= index < len(walls)]


def _periods(
    rule: Rule, begins: date, enter: date, last: date, budget: Budget
) -> Iterator[set[date]]:
    """Yield the days of each year, month, week or day that the rule visits, from `enter` on."""
    step = rule.interval
    if rule.frequency == "YEARLY":
        for year in range(
            begins.year + _whole(enter.year - begins.year, step), last.year + 1, step
        ):
            budget.spend(366 if rule.weeks or rule.year_days else 1)
            yield _year(rule, year, begins)
    elif rule.frequency == "MONTHLY":
        zero = begins.year * 12 + begins.month - 1
        start = zero + _whole(enter.year * 12 + enter.month - 1 - zero, step)
        for number in range(start, last.year * 12 + last.month, step):
            budget.spend()
            if not rule.months or number % 12 + 1 in rule.months:
                yield _month(rule, number // 12, number % 12 + 1, begins.day)
    elif rule.frequency == "WEEKLY":
        wanted = {weekday for _, weekday in rule.days} or {begins.weekday()}
        monday = begins.toordinal() - (begins.weekday() - rule.week_start) % 7
        start = monday + _whole(enter.toordinal() - monday, 7 * step)
        for number in range(start, last.toordinal() + 1, 7 * step):
            budget.spend()
            week = (date.fromordinal(max(1, number + offset)) for offset in range(7))
            yield {day for day in week if day.weekday() in wanted and rule.allows(day)}
    else:
        start = begins.toordinal() + _whole((enter - begins).days, step)
        for number in range(start, last.toordinal() + 1, step):
            budget.spend()
            day = date.fromordinal(number)
            yield {day} if rule.allows(day) else set()


def _whole(distance: int, step: int) -> int:
    """Return the last multiple of `step` that lies a period before `distance`, from 0 on."""
    return max(0, distance // step - 1) * step


def _year(rule: Rule, year: int, begins: date) -> set[date]:
    if rule.weeks or rule.year_days:
        days = (date.fromordinal(date(year, 1, 1).toordinal() + n) for n in range(366))
        alone = rule.weeks and not (rule.days or rule.month_days or rule.year_days)
        return {
            day
            for day in days
            if day.year == year
            and rule.allows(day)
            and (not alone or day.weekday() == begins.weekday())
        }
    if rule.months or rule.month_days:
        months = rule.months or range(1, 13)
        return {day for month in months for day in _month(rule, year, month, begins.day)}
    if rule.days:
        return _placed(rule, date(year, 1, 1), _year_length(date(year, 1, 1)))
    leapless = begins.day == 29 and begins.month == 2 and monthrange(year, 2)[1] == 28
    return set() if leapless else {date(year, begins.month, begins.day)}


def _month(rule: Rule, year: int, month: int, usual: int) -> set[date]:
    length = monthrange(year, month)[1]
    placed = _placed(rule, date(year, month, 1), length)
    if rule.days and not rule.month_days:
        return placed
    numbers = {n if n > 0 else length + 1 + n for n in rule.month_days or (usual,)}
    days = {date(year, month, number) for number in numbers if 1 <= number <= length}
    return days & placed if rule.days else days


def _placed(rule: Rule, first: date, length: int) -> set[date]:
    """Return the weekdays of the rule in a month or a year: each, or the n-th from an end."""
    days: set[date] = set()
    for place, weekday in rule.days:
        offsets = range((weekday - first.weekday()) % 7, length, 7)
        if place == 0:
            days |= {first + offset * ONE_DAY for offset in offsets}
        elif abs(place) <= len(offsets):
            days.add(first + offsets[place - 1 if place > 0 else place] * ONE_DAY)
    return days


def _by_clock(
    rule: Rule, begins: datetime, enter: datetime, last: datetime, budget: Budget
) -> Iterator[datetime]:
    """Follow a rule by the hour, the minute or the second; days that it leaves out are skipped."""
    unit = CLOCK[rule.frequency]
    step = rule.interval * unit
    base = begins.replace(microsecond=0)
    if rule.frequency != "SECONDLY":
        base = base.replace(second=0)
    if rule.frequency == "HOURLY":
        base = base.replace(minute=0)
    number = max(0, int((enter - base).total_seconds()) // step - 1)
    while True:
        budget.spend()
        wall = base + timedelta(seconds=number * step)
        if wall > last:
            return
        if not rule.allows(wall.date()):
            ahead = datetime.combine(wall.date() + ONE_DAY, time()) - base
            number = max(number + 1, -(-int(ahead.total_seconds()) // step))
            continue
        number += 1
        if rule.hours and wall.hour not in rule.hours:
            continue
        yield from _chosen(_within(rule, wall, begins), rule.places)


def _within(rule: Rule, wall: datetime, begins: datetime) -> list[datetime]:
    """Return the moments of one hour, minute or second that the rule means."""
    minutes = rule.minutes or (begins.minute,)
    seconds = rule.seconds or (begins.second,)
    if rule.frequency != "HOURLY":
        minutes = (wall.minute,) if not rule.minutes or wall.minute in rule.minutes else ()
    if rule.frequency == "SECONDLY":
        seconds = (wall.second,) if not rule.seconds or wall.second in rule.seconds else ()
    return [wall.replace(minute=m, second=s) for m in minutes for s in seconds]


def _among(number: int, length: int, wanted: tuple[int, ...]) -> bool:
    return number in wanted or number - length - 1 in wanted


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _year_length(day: date) -> int:
    return 366 if monthrange(day.year, 2)[1] == 29 else 365


def _week_fits(day: date, wanted: tuple[int, ...], week_start: int) -> bool:
    """Tell whether a day's week is wanted; a week is of the year that most of its days are of."""
    middle = day + (3 - (day.weekday() - week_start) % 7) * ONE_DAY
    last = date(middle.year, 12, 28)
    last += (3 - (last.weekday() - week_start) % 7) * ONE_DAY
    return _among((_of_year(middle) - 1) // 7 + 1, (_of_year(last) - 1) // 7 + 1, wanted)
