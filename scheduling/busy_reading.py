"""When somebody is busy, read from the text of their own calendar; pure.

Nothing of an event is kept but from when to when. What cannot be read and lies outside the days
looked at is left out and named; what might take time within them has the whole file refused: half
of somebody's engagements would offer hours that are taken.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from scheduling import busy_events, busy_rules, busy_text
from scheduling.busy_events import Event, LocalTime, Unsure
from scheduling.busy_rules import Budget
from scheduling.busy_text import MOST_BYTES, Component
from scheduling.busy_zones import UTC_ZONE, NamedZone, Zones
from scheduling.unreadable import Reason, Unreadable

__all__ = ["MOST_BYTES", "Engagements", "LeftOut", "Moments", "merged", "read", "read_all"]

MOST_OCCURRENCES: Final = 20_000
MARGIN: Final = timedelta(days=2)  # whatever zones do
FARTHEST: Final = datetime(1, 1, 3)  # noqa: DTZ001 -- a wall clock's
Moments = list[tuple[int, int]]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event that was left out: its title (for whoever holds the file), its day, and why."""

    title: str
    day: str
    why: Reason


@dataclass(slots=True)
class Engagements:
    """What a calendar says: busy times merged, in order; how many engagements; what was left out.

    Times are pairs of seconds since 1970, the end excluded.
    """

    times: Moments = field(default_factory=list)
    count: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


def read(content: bytes, zone: str, start: datetime, end: datetime) -> Engagements:
    """Return when the calendar `content` is busy between two moments.

    All-day events are those of `zone`, as are hours without a zone where the calendar names none.
    Events that are transparent, free or cancelled take no time.

    Raises:
        Unreadable: too big, not a calendar, cut, repeated too often, or with an event between the
            two moments that cannot be read.
    """
    return read_all([content], zone, start, end)


def read_all(contents: Iterable[bytes], zone: str, start: datetime, end: datetime) -> Engagements:
    """Return what several files of one account say together; see `read`."""
    window = _Window(start, end, NamedZone(zone))
    spans: list[Span] = []
    try:
        for content in contents:
            for calendar in busy_text.calendars(content):
                spans += window.calendar(calendar)
    except Unreadable:
        raise
    except (ValueError, OverflowError) as error:
        # Years before the first or after the last that a clock can show.
        raise Unreadable(Reason.BROKEN) from error
    return Engagements(merged(spans), len(spans), window.left_out)


def merged(spans: Iterable[Span]) -> Moments:
    """Return the same time in spans that neither overlap nor touch, in order."""
    times: Moments = []
    for begin, end in sorted(spans):
        if times and begin <= times[-1][1]:
            times[-1] = (times[-1][0], max(times[-1][1], end))
        else:
            times.append((begin, end))
    return times


class _Window:
    """The time that is looked at, and what reading in it has used up and left out."""

    def __init__(self, start: datetime, end: datetime, reader: NamedZone) -> None:
        self.start, self.end, self.reader = start, end, reader
        self.first = start.astimezone(UTC).replace(tzinfo=None) - MARGIN
        self.last = end.astimezone(UTC).replace(tzinfo=None) + MARGIN
        self.seconds = int(start.timestamp()), int(end.timestamp())
        self.budget = Budget()
        self.left = MOST_OCCURRENCES
        self.left_out: list[LeftOut] = []

    def calendar(self, calendar: Component) -> Iterator[Span]:
        """Yield the busy times of one calendar, cut to the window."""
        zones = Zones(calendar, self.reader, self.start, self.end, self.budget)
        series: dict[str, list[Event]] = {}
        for number, part in enumerate(calendar.components):
            if part.name == "VFREEBUSY":
                yield from self._cut(self._periods(part, zones))
            elif part.name == "VEVENT":
                event = self._event(part, zones)
                if event is not None:
                    # Events without a UID have nothing to do with each other.
                    series.setdefault(event.uid or f"\n{number}", []).append(event)
        for events in series.values():
            yield from self._cut(self._series(events))

    def _cut(self, spans: Iterable[Span]) -> Iterator[Span]:
        start, end = self.seconds
        for span in spans:
            begins, ends = max(span[0], start), min(span[1], end)
            if begins < ends:
                self.left -= 1
                if self.left < 0:
                    raise Unreadable(Reason.TOO_OFTEN)
                yield begins, ends

    def _periods(self, part: Component, zones: Zones) -> Iterator[Span]:
        """Yield what a list of busy times says; one that cannot be read could be any."""
        for each in part.all("FREEBUSY"):
            if each.parameters.get("FBTYPE", "").upper() == "FREE":
                continue
            for word in each.value.split(","):
                if not word.strip():
                    continue
                try:
                    yield busy_events.period(type(each)(each.parameters, word.strip()), zones)
                except Unsure as error:
                    raise Unreadable(Reason.BROKEN, f"l. {part.line}") from error

    def _event(self, part: Component, zones: Zones) -> Event | None:
        """Return what an event says, None for one that is left out.

        Raises:
            Unreadable: it cannot be read, and might take time in the window.
        """
        try:
            return busy_events.read(part, zones)
        except Unsure as error:
            unsure = error
        title, day = part.word("SUMMARY")[:80], busy_events.day_in_words(part)
        if busy_events.is_free(part) and not part.all("RECURRENCE-ID"):
            return None
        if not busy_events.says_nothing(part) and self._reaches(part, zones, unsure):
            detail = ", ".join(filter(None, (unsure.detail, day or f"l. {part.line}")))
            raise Unreadable(unsure.reason, detail)
        self.left_out.append(LeftOut(title, day, unsure.reason))
        return None

    def _reaches(self, part: Component, zones: Zones, unsure: Unsure) -> bool:
        """Tell whether an event that cannot be read might take time in the window."""
        if busy_events.is_free(part):
            return False
        if unsure.reason is Reason.UNKNOWN_ZONE:
            try:
                event = busy_events.read(part, zones, UTC_ZONE)
            except Unsure:
                return busy_events.may_reach(part, self.first.date(), self.last.date())
            day = 86_400  # no zone is further from UTC
            first, last = self.seconds
            return any(b < last + day and e > first - day for b, e in self._spans(event))
        return busy_events.may_reach(part, self.first.date(), self.last.date())

    def _series(self, events: list[Event]) -> Iterator[Span]:
        """Yield the times of events of one UID: series, and the occurrences that were changed."""
        masters = _current([event for event in events if event.recurrence is None])
        changed = _newest([event for event in events if event.recurrence is not None])
        self.budget.spend(len(masters) * len(changed))  # each is looked for in each
        for master in masters:
            for event in changed:
                if event.rules == master.rules:
                    event.rules = []  # a copy: the change stands for one occurrence
            yield from self._master(master, changed)
        excluded = [(master, _Named(master, master.excluded)) for master in masters]
        for event in changed:
            if not event.free and not any(_gone(event, *pair) for pair in excluded):
                yield from self._spans(event)

    def _master(self, master: Event, changed: list[Event]) -> Iterator[Span]:
        """Yield a series without its exceptions; a change « from now on » moves the rest."""
        onwards = [event for event in changed if event.onwards]
        if master.free and not onwards:
            return
        away = _Named(master, [*master.excluded, *(e.recurrence for e in changed if e.recurrence)])
        onwards.sort(key=_place)
        places = [_place(event) for event in onwards]
        for wall in sorted(self._walls(master) | _more(master)):
            begins = master.begins.zone.second(wall)
            if away.holds(wall, begins):
                continue
            ruling = bisect_right(places, begins) - 1
            if ruling >= 0:
                event = onwards[ruling]
                moved = event.begins.wall - (event.recurrence or event.begins).wall
                if not event.free:
                    yield event.span(wall + moved)
            elif not master.free:
                yield master.span(wall)
        if not master.free:
            yield from (span for span in self._added(master) if span[0] not in away.seconds)

    def _spans(self, event: Event) -> Iterator[Span]:
        """Yield the times of an event, whatever else is said of its UID."""
        yield from (event.span(wall) for wall in self._walls(event) | _more(event))
        yield from self._added(event)

    def _added(self, event: Event) -> Iterator[Span]:
        """Yield what an event adds by periods, and by dates on another clock than its own."""
        yield from event.periods
        for when in event.more:
            if not _alike(when, event):
                begins, ends = event.span(event.begins.wall)
                yield when.second(), when.second() + ends - begins

    def _walls(self, event: Event) -> set[datetime]:
        """Return when an event begins on its own clock, where that may matter to the window."""
        begins, lasts = event.begins.wall, event.lasts
        long = lasts.wall + timedelta(seconds=lasts.seconds)
        first = self.first - min(long, self.first - FARTHEST)
        last = self.last + lasts.early + timedelta(seconds=event.travel)
        walls = {begins} if first <= begins <= last else set()
        for rule in event.rules:
            try:
                for wall in self._followed(rule, event, first, last):
                    walls.add(wall)
                    if len(walls) > MOST_OCCURRENCES:
                        raise Unreadable(Reason.TOO_OFTEN, begins.date().isoformat())
            except (ValueError, OverflowError) as error:
                raise Unreadable(Reason.BROKEN, begins.date().isoformat()) from error
        return walls

    def _followed(
        self, rule: busy_rules.Rule, event: Event, first: datetime, last: datetime
    ) -> Iterator[datetime]:
        begins = event.begins
        if not rule.until:
            yield from busy_rules.follow(rule, begins.wall, first, last, self.budget)
            return
        until = _until(rule.until, begins)
        near = min(last, until.wall + MARGIN)
        for wall in busy_rules.follow(rule, begins.wall, first, near, self.budget):
            if _not_after(wall, begins, until):
                yield wall


def _until(text: str, begins: LocalTime) -> LocalTime:
    """Return the end of a rule: a day counts whole; without a zone, it is the event's own clock."""
    match = busy_events.MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if match[4] is None:
        hour, minute, second = 23, 59, 59
    wall = datetime(year, month, day, hour % 24, minute, min(second, 59))  # noqa: DTZ001
    return LocalTime(wall, day=begins.day, zone=UTC_ZONE if match[7] else begins.zone)


def _not_after(wall: datetime, begins: LocalTime, until: LocalTime) -> bool:
    if until.zone is UTC_ZONE:
        same_day = begins.day and wall.date() <= until.wall.date()
        return same_day or begins.zone.second(wall) <= until.second()
    return wall <= until.wall


class _Named:
    """Occurrences of a series that others name: by their moment, or by their day."""

    def __init__(self, master: Event, named: list[LocalTime]) -> None:
        self.days: set[date] = set()
        self.seconds: set[int] = set()
        for when in named:
            if when.day or (master.begins.day and when.zone is not UTC_ZONE):
                self.days.add(when.wall.date())
            elif master.begins.day:
                if (when.wall.hour, when.wall.minute) == (0, 0):
                    self.days.add(when.wall.date())
                self.seconds.add(when.second())
            else:
                self.seconds.add(when.second())

    def holds(self, wall: datetime, second: int) -> bool:
        return second in self.seconds or wall.date() in self.days


def _current(masters: list[Event]) -> list[Event]:
    """Leave out what a later version of the same event replaces: same start, same rule.

    Other events of one UID all count: some feeds give theirs to every event.
    """
    newest: dict[str, int] = {}
    for event in masters:
        newest[event.shape] = max(event.sequence, newest.get(event.shape, 0))
    return [event for event in masters if event.sequence == newest[event.shape]]


def _alike(when: LocalTime, event: Event) -> bool:
    return when.day == event.begins.day and when.zone.name == event.begins.zone.name


def _more(event: Event) -> set[datetime]:
    """Return the dates that an event adds on its own clock."""
    return {when.wall for when in event.more if _alike(when, event)}


def _place(event: Event) -> int:
    """Return the moment of the occurrence that a change stands for."""
    return (event.recurrence or event.begins).second()


def _newest(changed: list[Event]) -> list[Event]:
    """Leave out changes of an occurrence that a later change of the same one replaces."""
    newest: dict[int, int] = {}
    for event in changed:
        newest[_place(event)] = max(event.sequence, newest.get(_place(event), 0))
    return [event for event in changed if event.sequence == newest[_place(event)]]


def _gone(event: Event, master: Event, excluded: _Named) -> bool:
    """Tell whether a later version of the series no longer has the occurrence of this change."""
    if event.recurrence is None or event.sequence >= master.sequence:
        return False
    return excluded.holds(event.recurrence.wall, event.recurrence.second())
