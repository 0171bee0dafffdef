"""The page of the hours: what is free, what stands, what went wrong, what else can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from enrolment import extensions
from enrolment.models import Candidacy
from evaluator_app.desks.candidate import journey
from evaluator_app.desks.candidate.booking_closed import is_over, why_closed
from evaluator_app.desks.candidate.side_roads import Notice
from evaluator_app.desks.shared import dates
from evaluator_app.desks.shared.fields import strip
from evaluator_app.desks.shared.free_hours import Shown, reader, show
from evaluator_app.desks.shared.weeks import DayState, slot
from evaluator_app.web.edge import db
from evaluator_app.web.form_base import Form
from evaluator_app.words import _l
from rooms import queries as room_queries
from scheduling import appointments, availability, occupancy, waiting
from scheduling import queries as scheduling_queries
from scheduling.models import Appointment

WORDS_MOST = 500


class CancelForm(Form):
    """Why an appointment is given up."""

    reason = TextAreaField(
        _l("Pourquoi annulez-vous ?"),
        filters=[strip],
        validators=[
            InputRequired(_l("Dites pourquoi, en quelques mots.")),
            Length(max=WORDS_MOST, message=_l("500 signes au plus.")),
        ],
    )


class ExtensionForm(Form):
    """A few words to the organisation."""

    words = TextAreaField(
        _l("Quelques mots à votre organisme"),
        filters=[strip],
        validators=[
            Optional(),
            Length(max=extensions.MOST_WORDS, message=_l("500 signes au plus.")),
        ],
    )


@dataclass(frozen=True)
class Problem:
    """What went wrong with what was asked, and the free slots nearest to it."""

    title: str
    lines: list[str] = field(default_factory=list)
    at: datetime | None = None
    tone: str = "wait"


def minutes_of(candidacy: Candidacy) -> int:
    """Return how long the oral is."""
    return int(availability.length(candidacy).total_seconds() // 60)


def _shown(candidacy: Candidacy, problem: Problem | None) -> Shown:
    bounds = availability.bounds(candidacy)
    offer = availability.offer(db(), candidacy, *bounds)
    return show(offer, bounds, problem.at if problem is not None else None)


def _standing(candidacy: Candidacy) -> tuple[Appointment | None, Notice | None]:
    """Return the appointment that stands, and what keeps the candidate from choosing an hour."""
    appointment = appointments.current(db(), candidacy)
    user_id = candidacy.candidate.user_id
    interviews = {oral.appointment_id: oral for oral in room_queries.of_candidate(db(), user_id)}
    known = scheduling_queries.of_candidacy(db(), candidacy.id)
    _latest, interview = journey.latest_interview(interviews, known)
    return appointment, why_closed(candidacy, appointment, interview)


def hours_page(
    candidacy: Candidacy,
    problem: Problem | None = None,
    *,
    extension: ExtensionForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of the hours as things stand, with what went wrong on top."""
    who = reader()
    appointment, closed = _standing(candidacy)
    shown = _shown(candidacy, problem) if closed is None else None
    kept = occupancy.reserved(db(), candidacy) if closed is None else None
    waits = waiting.of(db(), candidacy)
    page = render_template(
        "candidate/booking.html",
        candidacy=candidacy,
        minutes=minutes_of(candidacy),
        appointment=appointment,
        when=dates.say(appointment.starts_at, who.zone) if appointment else None,
        rule=journey.change_rule(appointment) if appointment and closed is None else "",
        closed=closed,
        over=is_over(candidacy),
        shown=shown,
        kept=slot(occupancy.moment_of(kept.start_s), who) if kept else None,
        kept_until=kept.expires_at if kept else None,
        problem=problem,
        waits=waits,
        place=waiting.place_of(db(), waits) if waits else None,
        extension=extension or ExtensionForm(formdata=None),
        asked=extensions.latest(db(), candidacy),
        may_ask=extensions.may_ask(db(), candidacy) is None,
        zone=who.zone,
        DayState=DayState,
    )
    return page, status
