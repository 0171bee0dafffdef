"""The coordinator's first page, the appointments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, request

from enrolment import queries
from evaluator_app.desks.coordinator.queue import queue
from evaluator_app.web.edge import db, for_role, house
from kernel import clock, disk, exam_zone, outbox
from kernel.permissions import Role
from people import letters
from people import queries as people
from results import remaking
from rooms import absence, contents
from rooms import queries as room_queries
from scheduling import queries as scheduling_queries
from scheduling import readiness
from scheduling.models import Appointment

DAY = timedelta(days=1)
NEWS = 3 * DAY
"""An invitation that is younger has not waited; until the first enrolment all are named."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


@for_role(Role.COORDINATOR)
def home() -> str:
    """Show what needs a person now, and today's orals."""
    today = exam_zone.day_of(clock.now())
    counts = queries.counts(db())
    empty = not any(counts.values())
    missing = _missing() if empty else []
    unready = contents.unready(db())
    without_hours = readiness.without_hours(db())
    held_up = [row for row in unready if row.oral] or without_hours or unsaid()
    return render_template(
        "coordinator/home.html",
        counts=counts,
        queue=queue(),
        unsent=len(outbox.given_up(db(), letters.KINDS)),
        appointments=_between(today, today + DAY),
        not_recorded=room_queries.not_recorded(db()),
        lost_documents=remaking.missing(db()),
        today=today,
        missing=missing,
        unready=unready,
        without_hours=without_hours,
        unsaid=unsaid(),
        begun=empty and not missing and not held_up,
        starting=empty,
        invited=people.invited(db(), clock.now() - (timedelta() if empty else NEWS)),
        absences=absence.absent(db()),
        room_left=disk.free(house().settings) // disk.GB if disk.is_low(house().settings) else None,
    )


def unsaid() -> list[str]:
    """Return what the operator has not set and people would miss: who certifies, letters."""
    settings = house().settings
    lacking = {"certifier": not settings.certifier_name, "mail": not settings.letters_leave}
    return [name for name, lacks in lacking.items() if lacks]


def _missing() -> list[str]:
    """Return what the first enrolment and the first oral still lack, in the order to mend it."""
    staff = people.staff(db())
    have = {
        "certification": queries.certifications(db()),
        "organisation": people.organisations(db()),
        "manager": [user for user in staff if user.role is Role.ORGANISATION],
        "evaluator": [user for user in staff if user.role is Role.EVALUATOR],
    }
    return [name for name, rows in have.items() if not rows]


def _between(first: date, end: date) -> Sequence[Appointment]:
    """Return the orals of the exam's days from `first` to before `end`."""
    return scheduling_queries.between(db(), exam_zone.midnight(first), exam_zone.midnight(end))


@for_role(Role.COORDINATOR)
def appointments() -> str:
    """Show a week of appointments, by day."""
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        asked = exam_zone.day_of(clock.now())
    asked = min(max(asked, FIRST_DAY), LAST_DAY)
    monday = asked - timedelta(days=asked.weekday())
    rows = _between(monday, monday + 7 * DAY)
    days = [monday + timedelta(days=n) for n in range(7)]
    by_day = {day: [r for r in rows if exam_zone.day_of(r.starts_at) == day] for day in days}
    return render_template(
        "coordinator/appointments.html",
        by_day=by_day,
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        total=len(rows),
    )
