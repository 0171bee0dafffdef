"""How much the evaluators can take between two moments, whoever the candidates are.

What is free here is free for somebody: ties and earlier meetings are a candidacy's own matter
(`availability`). One oral is as long as the longest of the evaluator's languages on offer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from kernel import clock
from kernel.permissions import Role
from people.languages import Language
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
class Member:
    """One evaluator, as the plan shows them."""

    id: int
    name: str
    active: bool
    languages: frozenset[Language]
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


def _by_day(found: Spans, zone: str) -> Counter[Day]:
    place = ZoneInfo(zone)
    return Counter(
        (who, datetime.fromtimestamp(start, UTC).astimezone(place).date())
        for who, start, _ in found.tolist()
    )


def look(db: Session, start: datetime, end: datetime) -> Capacity:
    """Return what the evaluators can take; the same number of queries for any number of them."""
    members = _members(db)
    lengths, notice = _offered(db)
    ids = [member.id for member in members]
    first, last = seconds(start), seconds(end)
    known = read(db, ids, first, last)
    active = [member for member in members if member.active]
    by_zone = sorted((one.works for one in active), key=lambda works: works.zone)
    soonest = max(first, seconds(clock.now() + timedelta(hours=notice)))
    taken = np.concatenate([known.booked, known.busy])
    free = []
    for (zone, _buffer, minutes), some in _grouped(
        [one for one in active if _minutes(one, lengths)],
        lambda one: (one.works.zone, one.works.buffer, _minutes(one, lengths)),
    ):
        if soonest < last:
            people = [one.works for one in some]
            wanted = (60 * minutes, 60 * minutes)
            free.append(availability.of_zone(zone, people, known, taken, wanted, (soonest, last)))
    return Capacity(
        members,
        availability.there(by_zone, known, first, last),
        _booked(db, start, end),
        np.concatenate([NONE, *free]),
    )


def _members(db: Session) -> list[Member]:
    today = clock.now().date()
    spoken: dict[int, set[Language]] = {}
    for who, language in db.execute(
        select(Accreditation.evaluator_id, Accreditation.language).where(
            Accreditation.valid_from <= today,
            Accreditation.valid_until.is_(None) | (Accreditation.valid_until >= today),
        )
    ):
        spoken.setdefault(who, set()).add(language)
    rows = db.execute(
        select(User, Agenda.buffer_minutes, Agenda.daily_most)
        .outerjoin(Agenda, Agenda.evaluator_id == User.id)
        .where(User.role == Role.EVALUATOR)
        .order_by(User.family_name, User.given_name, User.id)
    )
    return [
        Member(
            user.id,
            user.name,
            user.active,
            frozenset(spoken.get(user.id, ())),
            availability.examiner(user.id, user.timezone, buffer, most, date(2000, 1, 1), None),
        )
        for user, buffer, most in rows
    ]


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
    return max((lengths.get(language, 0) for language in member.languages), default=0)


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
