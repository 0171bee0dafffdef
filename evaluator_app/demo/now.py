"""The orals that start now: at each start of the demo there is one in three of the languages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate
from enrolment.models import Stage as CandidacyStage
from evaluator_app.demo import cast
from evaluator_app.demo.stage import Stage
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people.languages import Language
from people.models import User
from rooms import interview as orals
from rooms.models import Interview, InterviewState
from scheduling import appointments, availability, booking, occupancy, placing
from scheduling.models import Appointment, AppointmentState, Occupancy
from written_test import recording

ALIVE = (CandidacyStage.ENROLLED, CandidacyStage.BOOKED, CandidacyStage.IN_ORAL)


def prepare(db: Session, settings: Settings, language: Language = Language.EN) -> Appointment:
    """Return the appointment that starts now, moved or placed; its interview is there."""
    stage, oral = Stage(db, settings), cast.ORALS_NOW[language]
    moment = stage.now.replace(second=0, microsecond=0)
    _make_way(stage, oral)
    candidacy = _candidacy(stage, oral)
    appointment = appointments.current(db, candidacy)
    if appointment is None:
        appointment = _booked(stage, candidacy)
    if candidacy.stage is CandidacyStage.BOOKED and appointment.starts_at != moment:
        evaluator = stage.user(oral.evaluator)
        reason = "L'oral de la démonstration commence maintenant."
        placing.move(db, SYSTEM, settings, appointment, evaluator, moment, reason)
    orals.create_for(db, SYSTEM, appointment)
    return appointment


def _booked(stage: Stage, candidacy: Candidacy) -> Appointment:
    """Let the candidate have chosen an hour themselves, some days ago, as on their pages."""
    db, who = stage.db, candidacy.candidate.user.actor
    with stage.at(stage.now - timedelta(days=4)):
        soonest = stage.now + timedelta(days=1)
        hour = availability.offer(db, candidacy, soonest, candidacy.window_end).starts()[0]
        booking.reserve(db, who, candidacy, hour)
        return booking.confirm(db, who, stage.settings, candidacy, hour)


def _candidacy(stage: Stage, oral: cast.Oral) -> Candidacy:
    """Return the first candidacy whose oral is still to come or under way, enrolled if need be."""
    for part in oral.candidates:
        candidacy = stage.db.scalar(
            select(Candidacy)
            .join(Candidacy.candidate)
            .join(Candidate.user)
            .where(User.email == part.email)
            .order_by(Candidacy.id.desc())
            .limit(1)
        )
        if candidacy is None:
            with stage.at(stage.now - timedelta(days=5)):
                candidacy = stage.enrol(part, cast.MANAGER)
                recording.enter(stage.db, stage.actor(cast.COORDINATOR), candidacy, oral.written)
            return candidacy
        if candidacy.stage in ALIVE and candidacy.window_end > stage.now:
            return candidacy
    msg = "every oral of this demo was held: start again with --fresh"
    raise RuntimeError(msg)


def _make_way(stage: Stage, oral: cast.Oral) -> None:
    """Give the evaluator this hour: what else they have in it moves to where somebody is free."""
    db, evaluator = stage.db, stage.user(oral.evaluator)
    until = stage.now + timedelta(hours=1)
    _forget_what_is_looked_at(db, evaluator, until)
    near = db.scalars(
        select(Appointment)
        .outerjoin(Interview, Interview.appointment_id == Appointment.id)
        .join(Appointment.candidacy)
        .join(Candidacy.candidate)
        .join(Candidate.user)
        .where(
            Appointment.evaluator_id == evaluator.id,
            Appointment.state == AppointmentState.PLANNED,
            Appointment.starts_at < until,
            Interview.id.is_(None) | (Interview.state == InterviewState.PLANNED),
            User.email.not_in([part.email for part in oral.candidates]),
        )
        .order_by(Appointment.starts_at)
    ).all()
    for appointment in near:
        _put_off(stage, appointment)
    _end_early(db, evaluator, stage.now)


def _put_off(stage: Stage, appointment: Appointment) -> None:
    """Move an appointment to the first hour that is free, with whoever is; or give it up."""
    db, candidacy = stage.db, appointment.candidacy
    reason = "Déplacé pour que l'oral de la démonstration commence maintenant."
    offer = availability.offer(db, candidacy, stage.now, candidacy.window_end)
    for start in offer.starts()[:1]:
        evaluator = db.get_one(User, offer.free_at(start)[0])
        placing.move(db, SYSTEM, stage.settings, appointment, evaluator, start, reason)
        return
    if appointment.ends_at > stage.now - timedelta(hours=1):
        placing.cancel(db, SYSTEM, stage.settings, appointment, reason)


def _forget_what_is_looked_at(db: Session, evaluator: User, until: datetime) -> None:
    """Let go of what somebody only looks at in this hour."""
    db.execute(
        delete(Occupancy)
        .where(
            Occupancy.evaluator_id == evaluator.id,
            Occupancy.appointment_id.is_(None),
            Occupancy.start_s < occupancy.seconds(until),
        )
        .execution_options(synchronize_session="fetch")
    )


def _end_early(db: Session, evaluator: User, moment: datetime) -> None:
    """Give back what is left of the time of orals that were held."""
    rows = db.scalars(
        select(Appointment).where(
            Appointment.evaluator_id == evaluator.id,
            Appointment.state == AppointmentState.HELD,
            Appointment.ends_at > moment - timedelta(hours=1),
        )
    )
    for appointment in rows.all():
        occupancy.release(db, appointment)
