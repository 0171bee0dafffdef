"""How much the evaluators can take between two moments, whoever the candidates are.

What is free here is free for somebody: levels are told (`Right`), ties and earlier meetings are a
candidacy's own matter (`availability`). One oral is as long as the longest of the evaluator's
languages on offer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from kernel import clock
from kernel.levels import Level
from kernel.permissions import Role
from people.languages import Language
from people.mandates import Case, may_examine
from people.models import Accreditation, User
from scheduling import availability
from scheduling.availability import Examiner
from scheduling.hours import Spans
from scheduling.known import read
from scheduling.models import Agenda, Appointment, AppointmentState
from scheduling.occupancy import seconds

NONE: Final = np.empty((0, 3), np.int64)
Day = tuple[int, date]
"""One evaluator on one day."""


@dataclass(frozen=True, slots=True)
class Right:
    """Up to which level somebody may examine a language, and between which seconds."""

    language: Language
    level: Level
    from_s: int
    until_s: int

    def holds(self, second: int) -> bool:
        """Tell whether it is valid at that moment."""
        return self.from_s <= second < self.until_s


@dataclass(frozen=True, slots=True)
class Member:
    """One evaluator, as the plan shows them; one who may not examine now has no rights."""

    id: int
    name: str
    active: bool
    rights: tuple[Right, ...]
    works: Examiner


@dataclass(frozen=True, slots=True)
class Capacity:
    """Who is there, when; what is booked of it; which slots are free."""

    members: list[Member]
    opened: Spans
    booked: Spans
    free: Spans

    def days(self, zone: str) -> tuple[Counter[Day], Counter[Day]]:
        """Return how many orals are booked and how many more fit, by evaluator and day in `zone`.

        No more fit than the evaluator takes on one day.
        """
        booked, slots = _by_day(self.booked, zone), _by_day(self.free, zone)
        most = {member.id: member.works.daily_most for member in self.members}
        fit = {day: max(0, min(count, most[day[0]] - booked[day])) for day, count in slots.items()}
        return booked, Counter(fit)


def _by_day(rows: Spans, zone: str) -> Counter[Day]:
    place = ZoneInfo(zone)
    return Counter(
        (who, datetime.fromtimestamp(start, UTC).astimezone(place).date())
        for who, start, _ in rows.tolist()
    )


def look(db: Session, start: datetime, end: datetime) -> Capacity:
    """Return what the evaluators can take; the same number of queries for any number of them."""
    lengths, notice = _offered(db)
    members = _members(db, sorted(lengths))
    ids = [member.id for member in members]
    first, last = seconds(start), seconds(end)
    known = read(db, ids, first, last)
    active = [member for member in members if member.active]
    by_zone = sorted((member.works for member in active), key=lambda works: works.zone)
    soonest = max(first, seconds(clock.now() + timedelta(hours=notice)))
    taken = np.concatenate([known.booked, known.busy])
    free = []
    for (zone, _buffer, minutes), some in _grouped(
        [member for member in active if member.rights],
        lambda member: (member.works.zone, member.works.buffer, _minutes(member, lengths)),
    ):
        if soonest < last:
            people = [member.works for member in some]
            wanted = (60 * minutes, 60 * minutes)
            free.append(availability.of_zone(zone, people, known, taken, wanted, (soonest, last)))
    return Capacity(
        members,
        availability.there(by_zone, known, first, last),
        _booked(db, start, end),
        _rightful(np.concatenate([NONE, *free]), members),
    )


def _members(db: Session, languages: list[Language]) -> list[Member]:
    rights = _rights(db, languages)
    rows = db.execute(
        select(User, Agenda.buffer_minutes, Agenda.daily_most)
        .outerjoin(Agenda, Agenda.evaluator_id == User.id)
        .where(User.role == Role.EVALUATOR)
        .order_by(User.family_name, User.given_name, User.id)
    )
    members = []
    for user, buffer, most in rows:
        mine = rights.get(user.id, ())
        works = availability.examiner(user.id, user.timezone, buffer, most)
        if mine:
            begins = min(right.from_s for right in mine)
            works = replace(works, from_s=begins, until_s=max(right.until_s for right in mine))
        members.append(Member(user.id, user.name, user.active, mine, works))
    return members


def _rights(db: Session, languages: list[Language]) -> dict[int, tuple[Right, ...]]:
    """Return who may examine these languages, by evaluator; a query for each language."""
    rights: dict[int, tuple[Right, ...]] = {}
    rows = select(
        User.id, Accreditation.max_level, Accreditation.valid_from, Accreditation.valid_until
    ).select_from(User)
    for language in languages:
        for who, level, since, until in db.execute(may_examine(Case(language)).among(rows)):
            right = Right(language, level, *availability.valid_seconds(since, until))
            rights[who] = (*rights.get(who, ()), right)
    return rights


def _rightful(slots: Spans, members: list[Member]) -> Spans:
    """Leave out what lies between two rights of one evaluator, when none is valid."""
    kept = np.ones(len(slots), np.bool_)
    for member in members:
        if len({(right.from_s, right.until_s) for right in member.rights}) > 1:
            theirs = np.flatnonzero(slots[:, 0] == member.id)
            for index in theirs.tolist():
                start = int(slots[index, 1])
                kept[index] = any(right.holds(start) for right in member.rights)
    return slots[kept]


def _offered(db: Session) -> tuple[dict[Language, int], int]:
    """Return how long an oral of each language is, in minutes, and the notice that all ask for."""
    lengths: dict[Language, int] = {}
    notices = []
    for language, minutes, hours in db.execute(
        select(
            Certification.language, Certification.slot_minutes, Certification.booking_notice_hours
        ).where(Certification.active)
    ):
        lengths[language] = max(minutes, lengths.get(language, 0))
        notices.append(hours)
    return lengths, min(notices, default=0)


def _minutes(member: Member, lengths: dict[Language, int]) -> int:
    return max(lengths[right.language] for right in member.rights)


def _booked(db: Session, start: datetime, end: datetime) -> Spans:
    rows = [
        (who, seconds(begins), seconds(ends))
        for who, begins, ends in db.execute(
            select(Appointment.evaluator_id, Appointment.starts_at, Appointment.ends_at).where(
                Appointment.starts_at >= start,
                Appointment.starts_at < end,
                Appointment.state != AppointmentState.CANCELLED,
            )
        )
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _grouped(
    members: list[Member], key: Callable[[Member], tuple[Any, ...]]
) -> list[tuple[tuple[Any, ...], list[Member]]]:
    """Return the members in groups of one key: what they share is computed once."""
    return [(what, list(some)) for what, some in groupby(sorted(members, key=key), key=key)]
