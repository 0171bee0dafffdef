"""The page of the hours: what is free, what stands, what went wrong, what else can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from enrolment import extensions
from enrolment.models import Candidacy
from evaluator_app.desks.candidate import dates, journey
from evaluator_app.desks.candidate.booking_closed import is_over, why_closed
from evaluator_app.desks.candidate.side_roads import Notice
from evaluator_app.desks.candidate.weeks import Bounds, DayState, Reader, Slot, Week, lay_out, slot
from evaluator_app.desks.organisation.forms import strip
from evaluator_app.edge import db, house
from evaluator_app.words import _l, locale, timezone
from kernel import clock
from rooms import queries as room_queries
from scheduling import appointments, availability, occupancy, waiting
from scheduling import queries as scheduling_queries
from scheduling.models import Appointment

WORDS_MOST = 500


class CancelForm(FlaskForm):
    """Why an appointment is given up."""

    reason = TextAreaField(
        _l("Pourquoi annulez-vous ?"),
        filters=[strip],
        validators=[
            InputRequired(_l("Dites pourquoi, en quelques mots.")),
            Length(max=WORDS_MOST, message=_l("500 signes au plus.")),
        ],
    )


class ExtensionForm(FlaskForm):
    """A few words to the organisation."""

    words = TextAreaField(
        _l("Quelques mots à votre organisme"),
        filters=[strip],
        validators=[Optional(), Length(max=WORDS_MOST, message=_l("500 signes au plus."))],
    )


@dataclass(frozen=True)
class Trouble:
    """What went wrong with what was asked, and the free slots nearest to it."""

    title: str
    lines: list[str] = field(default_factory=list)
    at: datetime | None = None
    tone: str = "wait"


def reader() -> Reader:
    """Return who reads this page."""
    return Reader(locale(), timezone(), house().settings.default_timezone)


def minutes_of(candidacy: Candidacy) -> int:
    """Return how long the oral is."""
    return int(availability.length(candidacy).total_seconds() // 60)


@dataclass(frozen=True)
class Shown:
    """What of the calendar a page shows."""

    weeks: list[Week]
    week: Week | None
    previous: Week | None
    following: Week | None
    nearest: list[Slot]
    listed: bool

    @property
    def free(self) -> int:
        """Return how many slots are free in all."""
        return sum(week.free for week in self.weeks)


def _shown(candidacy: Candidacy, trouble: Trouble | None) -> Shown:
    who, bounds = reader(), availability.bounds(candidacy)
    found = availability.offer(db(), candidacy, *bounds)
    there = [
        (occupancy.moment_of(begins), occupancy.moment_of(ends))
        for _who, begins, ends in found.open.tolist()
    ]
    weeks = lay_out(found.starts(), there, who, Bounds(clock.now(), *bounds))
    asked = request.args.get("week", "")
    index = next(
        (number for number, week in enumerate(weeks) if week.monday.isoformat() == asked),
        next((number for number, week in enumerate(weeks) if week.free), 0),
    )
    near = found.nearest(trouble.at) if trouble is not None and trouble.at is not None else []
    return Shown(
        weeks=weeks,
        week=weeks[index] if weeks else None,
        previous=weeks[index - 1] if index else None,
        following=weeks[index + 1] if index + 1 < len(weeks) else None,
        nearest=[slot(one, who) for one in near],
        listed=request.args.get("view") == "list",
    )


def _standing(candidacy: Candidacy) -> tuple[Appointment | None, Notice | None]:
    """Return the appointment that stands, and what keeps the candidate from choosing an hour."""
    appointment = appointments.current(db(), candidacy)
    user_id = candidacy.candidate.user_id
    interviews = {one.appointment_id: one for one in room_queries.of_candidate(db(), user_id)}
    known = scheduling_queries.of_candidacy(db(), candidacy.id)
    _latest, interview = journey.latest_interview(interviews, known)
    return appointment, why_closed(candidacy, appointment, interview)


def hours_page(
    candidacy: Candidacy,
    trouble: Trouble | None = None,
    *,
    extension: ExtensionForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of the hours as things stand, with what went wrong on top."""
    who = reader()
    appointment, closed = _standing(candidacy)
    shown = _shown(candidacy, trouble) if closed is None else None
    kept = occupancy.held(db(), candidacy) if closed is None else None
    waits = waiting.of(db(), candidacy)
    page = render_template(
        "candidate/booking.html",
        candidacy=candidacy,
        minutes=minutes_of(candidacy),
        appointment=appointment,
        when=dates.say(appointment.starts_at, who.zone, who.exam_zone) if appointment else None,
        closed=closed,
        over=is_over(candidacy),
        shown=shown,
        kept=slot(occupancy.moment_of(kept.start_s), who) if kept else None,
        kept_until=kept.expires_at if kept else None,
        trouble=trouble,
        waits=waits,
        place=waiting.place_of(db(), waits) if waits else None,
        extension=extension or ExtensionForm(formdata=None),
        asked=extensions.latest(db(), candidacy),
        may_ask=extensions.may_ask(db(), candidacy) is None,
        zone=dates.city(who.zone),
        exam_zone=who.exam_zone if who.exam_zone != who.zone else None,
        DayState=DayState,
    )
    return page, status
