"""The plan: a day of all rooms on a time axis, a week by evaluator, and what is not yet booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from enrolment import queries
from enrolment.models import GateKind
from evaluator_app.desks.coordinator import board
from evaluator_app.desks.coordinator.needs import of_day, of_house
from evaluator_app.desks.shared.listing import asked_page
from evaluator_app.web.edge import db, needs
from evaluator_app.words import locale, timezone
from kernel import clock, i18n
from kernel.permissions import Permission
from people.languages import Language
from rooms import queries as room_queries
from rooms.models import Interview
from scheduling import capacity, demand
from scheduling import queries as scheduling_queries
from scheduling.models import Appointment, AppointmentState
from scheduling.occupancy import seconds

FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2199, 12, 23)
WEEKS = 4
CLOSING = timedelta(days=14)
NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Bar:
    """One oral on the board."""

    appointment: Appointment
    place: tuple[str, str]
    marking: tuple[str, str] | None
    tone: str
    initials: str


@dataclass(frozen=True, slots=True)
class Row:
    """One evaluator on the board: when they are there, what is booked."""

    member: capacity.Member
    bands: list[tuple[str, str]]
    bars: list[Bar]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone())).astimezone(UTC)


def _asked(name: str) -> date | None:
    """Return the day that the address asks for, within what calendars reach."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return min(max(day, FIRST_DAY), LAST_DAY)


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(timezone())).date()


@needs(Permission.SEE_PLAN)
def plan() -> str:
    """Show one day (`day`), or one week and what is ahead (`week`)."""
    week = _asked("week") if "week" in request.args else None
    if "week" in request.args:
        return _week(demand.monday_of(week or _today()))
    return _day(_asked("day") or _today())


def _day(day: date) -> str:
    start, end = _start(day), _start(day + timedelta(days=1))
    seen = capacity.look(db(), start, end)
    orals = [
        row
        for row in scheduling_queries.between(db(), start, end)
        if row.state is not AppointmentState.CANCELLED
    ]
    interviews = room_queries.of_appointments(db(), [row.id for row in orals])
    moment = clock.now()
    urgent = of_day(orals, interviews, moment) if day == _today() else []
    late = {need.appointment_id for need in urgent}
    spans = [(a, b) for _, a, b in seen.opened.tolist()]
    spans += [(seconds(row.starts_at), seconds(row.ends_at)) for row in orals]
    axis = board.axis(timezone(), day, spans)
    return render_template(
        "coordinator/plan_day.html",
        day=day,
        today=_today(),
        zone=timezone(),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        axis=axis,
        now=axis.place(seconds(moment)) if day == _today() else None,
        moment=moment,
        rows=_rows(seen, orals, interviews, axis, late),
        orals=orals,
        needs=[*urgent, *of_house(db(), moment)],
        closing=_closing(moment),
    )


def _rows(
    seen: capacity.Capacity,
    orals: list[Appointment],
    interviews: dict[int, Interview],
    axis: board.Axis,
    late: set[int | None],
) -> list[Row]:
    rows = []
    for member in seen.members:
        bands = [axis.stretch(a, b) for who, a, b in seen.opened.tolist() if who == member.id]
        bars = [
            _bar(row, interviews.get(row.id), member, axis, late=row.id in late)
            for row in orals
            if row.evaluator_id == member.id
        ]
        shown = [band for band in bands if band is not None]
        if shown or bars:
            rows.append(Row(member, shown, [bar for bar in bars if bar is not None]))
    return rows


def _bar(
    row: Appointment,
    interview: Interview | None,
    member: capacity.Member,
    axis: board.Axis,
    *,
    late: bool,
) -> Bar | None:
    begins, ends = seconds(row.starts_at), seconds(row.ends_at)
    place = axis.stretch(begins, ends)
    if place is None:
        return None
    started = interview is not None and interview.opened_at is not None
    over = interview is not None and interview.ended_at is not None
    tone = "calm" if over or row.state is AppointmentState.HELD else "active"
    if started and not over:
        tone = "good"
    words = row.candidacy.candidate.name.replace("-", " ").split()
    return Bar(
        row,
        place,
        axis.stretch(ends, ends + member.works.buffer),
        "person" if late else tone,
        "".join(word[:1] for word in (words[:1] + words[1:][-1:])).upper(),
    )


def _closing(moment: datetime) -> list[tuple[Any, bool]]:
    """Return whose window closes soon without a booking, and whether they may book already."""
    return [
        (row, any(gate.kind is GateKind.WRITTEN_RESULT and gate.open for gate in row.gates))
        for row in queries.closing(db(), moment, moment + CLOSING)
    ]


def _week(monday: date) -> str:
    days = [monday + timedelta(days=number) for number in range(7)]
    zone, this = timezone(), demand.monday_of(_today())
    seen = capacity.look(db(), _start(monday), _start(monday + timedelta(days=7)))
    booked, fit = seen.days(zone)
    ahead = capacity.look(db(), _start(this), _start(this + timedelta(weeks=WEEKS)))
    return render_template(
        "coordinator/plan_week.html",
        monday=monday,
        today=_today(),
        zone=zone,
        this=this,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        days=[(day, i18n.short_day(day, locale())) for day in days],
        members=[m for m in seen.members if m.active or any(booked[m.id, d] for d in days)],
        booked=booked,
        fit=fit,
        load=_load(ahead, zone),
        mondays=[i18n.short_day(this + timedelta(weeks=n), locale()) for n in range(WEEKS)],
        lines=_demand(ahead, this, zone),
        closing=_closing(clock.now()),
    )


@dataclass(frozen=True, slots=True)
class Load:
    """How busy an evaluator is in the weeks ahead."""

    member: capacity.Member
    booked: int
    fullest: int
    fit: int


def _load(seen: capacity.Capacity, zone: str) -> list[Load]:
    booked, fit = seen.days(zone)
    today, rows = _today(), []
    for member in seen.members:
        mine = [count for (who, day), count in booked.items() if who == member.id and day >= today]
        free = sum(count for (who, _day), count in fit.items() if who == member.id)
        if member.active:
            rows.append(Load(member, sum(mine), max(mine, default=0), free))
    return sorted(rows, key=lambda load: (-load.booked, load.member.name))


def _demand(seen: capacity.Capacity, first: date, zone: str) -> list[demand.Line[Language]]:
    _booked, fit = seen.days(zone)
    rights = {member.id: member.rights for member in seen.members}
    waiting = [
        (language, level, _last_day(end))
        for language, level, end in queries.ready_to_book(db(), clock.now())
    ]
    free = [
        (_held(rights.get(who, ()), seconds(_start(day) + NOON)), day, count)
        for (who, day), count in fit.items()
    ]
    languages = {row[0] for row in waiting} | {language for row in free for language, _ in row[0]}
    return demand.lines(sorted(languages), waiting, free, first, WEEKS)


def _held(rights: tuple[capacity.Right, ...], second: int) -> demand.Rights[Language]:
    return tuple((right.language, right.level) for right in rights if right.holds(second))


def _last_day(end: datetime) -> date:
    return (end - timedelta(seconds=1)).astimezone(ZoneInfo(timezone())).date()


@needs(Permission.SEE_PLAN)
def unbooked() -> str:
    """List those who may book and have not: of one language, of one week, or all."""
    moment, asked = clock.now(), request.args.get("language", "")
    language = Language(asked) if asked in set(Language) else None
    monday = _asked("week")
    end = _start(monday + timedelta(days=7)) if monday else _start(LAST_DAY)
    begins = moment if monday is None or monday <= demand.monday_of(_today()) else _start(monday)
    return render_template(
        "coordinator/unbooked.html",
        page=queries.to_place(db(), begins, end, language, asked_page()),
        language=language,
        monday=monday,
        back=url_for(".plan", week=_today().isoformat()),
    )
