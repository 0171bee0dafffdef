"""Place, move and cancel an appointment by hand; self-booking comes beside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, links, live, post
from kernel.db import HOLD
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from people.models import Accreditation, Tie, User
from scheduling.models import Appointment, AppointmentState

BUFFER = timedelta(minutes=10)  # to mark, before the next one


def conflict(
    db: Session, evaluator_id: int, starts_at: datetime, ends_at: datetime, but: int | None = None
) -> Appointment | None:
    """Return an appointment of the evaluator that overlaps the time asked for, if there is one."""
    query = select(Appointment).where(
        Appointment.evaluator_id == evaluator_id,
        Appointment.state == AppointmentState.PLANNED,
        Appointment.starts_at < ends_at,
        Appointment.ends_at > starts_at,
    )
    if but is not None:
        query = query.where(Appointment.id != but)
    return db.scalars(query.limit(1)).first()


def _hold(db: Session, candidacy: Candidacy, evaluator: User) -> None:
    """Let nobody else place an oral of this candidacy, or with this evaluator, meanwhile.

    PostgreSQL: both rows, always in this order. SQLite's transactions are alone already.
    """
    journey.hold(db, candidacy)
    db.execute(select(User.id).where(User.id == evaluator.id).with_for_update(**HOLD))


def _fit(db: Session, candidacy: Candidacy, evaluator: User, starts_at: datetime) -> None:
    """Refuse an evaluator who may not examine this candidate at that time."""
    if evaluator.role is not Role.EVALUATOR or not evaluator.active:
        raise Invalid(N_("Choisissez un évaluateur en activité."), "evaluator")
    day = starts_at.date()
    accredited = db.scalar(
        select(Accreditation.id).where(
            Accreditation.evaluator_id == evaluator.id,
            Accreditation.language == candidacy.certification.language,
            Accreditation.valid_from <= day,
            Accreditation.valid_until.is_(None) | (Accreditation.valid_until >= day),
        )
    )
    if accredited is None:
        raise Invalid(N_("Cet évaluateur n'est pas accrédité dans cette langue."), "evaluator")
    tied = db.scalar(
        select(Tie.id).where(
            Tie.evaluator_id == evaluator.id, Tie.organisation_id == candidacy.organisation_id
        )
    )
    if tied is not None:
        raise Invalid(N_("Cet évaluateur est lié à l'organisme du candidat."), "evaluator")


def length(candidacy: Candidacy) -> timedelta:
    """Return how long the oral's place is, extra time included."""
    return timedelta(minutes=round(candidacy.certification.slot_minutes * candidacy.time_factor))


def place(
    db: Session,
    actor: Actor,
    settings: Settings,
    candidacy: Candidacy,
    evaluator: User,
    starts_at: datetime,
) -> Appointment:
    """Place the oral of `candidacy` with `evaluator`; the candidate is told by mail.

    Raises:
        Invalid: past hour, outside the access window, unaccredited or tied evaluator.
        Refused: the evaluator is taken then, or an oral is already placed.
    """
    check(db, actor, Permission.PLACE_APPOINTMENT, candidacy)
    _hold(db, candidacy, evaluator)
    ends_at = starts_at + length(candidacy)
    _check_time(candidacy, starts_at)
    _fit(db, candidacy, evaluator, starts_at)
    if current(db, candidacy) is not None:
        raise Refused(N_("Un rendez-vous est déjà pris pour cette candidature : déplacez-le."))
    if conflict(db, evaluator.id, starts_at, ends_at):
        raise Refused(N_("L'évaluateur a déjà un entretien à cette heure."))
    appointment = Appointment(
        candidacy_id=candidacy.id,
        evaluator_id=evaluator.id,
        starts_at=starts_at,
        ends_at=ends_at,
        uid=f"{uuid4()}@viva-voce",
        created_at=clock.now(),
        created_by_id=actor.user_id,
    )
    db.add(appointment)
    db.flush()
    journey.move(db, actor, candidacy, Stage.BOOKED, reason="placed")
    audit.record(db, actor, "appointment.place", appointment, candidacy_id=candidacy.id)
    _announce(db, settings, appointment, "appointment_confirmed")
    return appointment


def move(
    db: Session,
    actor: Actor,
    settings: Settings,
    appointment: Appointment,
    evaluator: User,
    starts_at: datetime,
    reason: str,
) -> None:
    """Move an appointment in time or to another evaluator; the personal link stays the same.

    Raises:
        Invalid: as `place`, or no reason.
        Refused: it was held or cancelled, or the evaluator is taken then.
    """
    candidacy = appointment.candidacy
    check(db, actor, Permission.PLACE_APPOINTMENT, candidacy)
    _hold(db, candidacy, evaluator)
    db.refresh(appointment, attribute_names=["state", "sequence", "starts_at"])
    if appointment.state is not AppointmentState.PLANNED or candidacy.stage is not Stage.BOOKED:
        raise Refused(N_("Ce rendez-vous a eu lieu ou a été annulé : il ne se déplace plus."))
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi le rendez-vous est déplacé."), "reason")
    _check_time(candidacy, starts_at)
    _fit(db, candidacy, evaluator, starts_at)
    ends_at = starts_at + length(candidacy)
    if conflict(db, evaluator.id, starts_at, ends_at, but=appointment.id):
        raise Refused(N_("L'évaluateur a déjà un entretien à cette heure."))
    was_at = appointment.starts_at
    appointment.starts_at, appointment.ends_at = starts_at, ends_at
    appointment.evaluator_id, appointment.evaluator = evaluator.id, evaluator
    appointment.sequence += 1
    appointment.reason = reason.strip()
    audit.record(db, actor, "appointment.move", appointment, candidacy_id=candidacy.id)
    _announce(db, settings, appointment, "appointment_moved", was_at=was_at)


def cancel(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    """Cancel an appointment; the candidacy goes back to where an oral can be placed.

    Raises:
        Invalid: no reason.
        Refused: it was held, or is cancelled already.
    """
    check(db, actor, Permission.PLACE_APPOINTMENT, appointment.candidacy)
    _cancel(db, actor, settings, appointment, reason)


def release(
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, reason: str
) -> None:
    """Cancel the planned oral of a candidacy that is about to be withdrawn, if it has one.

    Raises:
        Forbidden: the actor may not withdraw it.
        Invalid: no reason.
    """
    check(db, actor, Permission.WITHDRAW, candidacy)
    journey.hold(db, candidacy)
    planned = current(db, candidacy)
    if planned is not None and candidacy.stage is Stage.BOOKED:
        _cancel(db, actor, settings, planned, reason)


def _cancel(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    candidacy = appointment.candidacy
    journey.hold(db, candidacy)
    db.refresh(appointment, attribute_names=["state", "sequence"])
    if appointment.state is not AppointmentState.PLANNED:
        raise Refused(N_("Ce rendez-vous a eu lieu ou a été annulé : il ne s'annule plus."))
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi le rendez-vous est annulé."), "reason")
    appointment.state = AppointmentState.CANCELLED
    appointment.sequence += 1
    appointment.reason = reason.strip()
    if candidacy.stage in (Stage.BOOKED, Stage.SUSPENDED):
        journey.move(db, actor, candidacy, Stage.ENROLLED, reason)
    audit.record(db, actor, "appointment.cancel", appointment, candidacy_id=candidacy.id)
    _announce(db, settings, appointment, "appointment_cancelled", method="CANCEL")


def current(db: Session, candidacy: Candidacy) -> Appointment | None:
    """Return the planned appointment of `candidacy`, if there is one."""
    return db.scalar(
        select(Appointment).where(
            Appointment.candidacy_id == candidacy.id,
            Appointment.state == AppointmentState.PLANNED,
        )
    )


def personal_link(settings: Settings, appointment: Appointment) -> str:
    """Return the candidate's link: it names the appointment, and lives as long as its oral."""
    token = links.sign(settings, "personal", {"a": appointment.id})
    return links.address(settings, "personal", token=token)


def _check_time(candidacy: Candidacy, starts_at: datetime) -> None:
    if starts_at < clock.now() - timedelta(minutes=1):
        raise Invalid(N_("Cette heure est passée."), "starts_at")
    if not candidacy.window_start <= starts_at <= candidacy.window_end:
        raise Invalid(
            N_("Cette heure est en dehors de la période d'accès du candidat."), "starts_at"
        )


def _announce(
    db: Session,
    settings: Settings,
    appointment: Appointment,
    template: str,
    method: str = "REQUEST",
    was_at: datetime | None = None,
) -> None:
    candidacy = appointment.candidacy
    user = candidacy.candidate.user
    link = personal_link(settings, appointment)
    context: dict[str, Any] = {
        "person": user.name,
        "certification": candidacy.certification.name(user.locale),
        "was_at": (was_at or appointment.starts_at).isoformat(),
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": int((appointment.ends_at - appointment.starts_at).total_seconds() // 60),
        "zone": user.timezone,
        "reason": appointment.reason,
        "link": link,
        "move_until": None,
        "accommodations": candidacy.accommodations,
    }
    calendar = {
        "method": method,
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": context["minutes"],
        "zone": user.timezone,
        "certification": context["certification"],
        "link": link,
    }
    post.queue(
        db,
        template,
        name=user.name,
        email=user.email,
        locale=user.locale,
        context=context,
        calendar=calendar,
        dedupe=f"{template}:{appointment.id}:{appointment.sequence}",
    )
    live.publish(db, f"candidacy:{candidacy.id}")
    live.publish(db, f"evaluator:{appointment.evaluator_id}")
