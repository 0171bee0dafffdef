"""What every way of booking shares: an appointment made, moved and given up, its time taken.

Whoever calls these has checked who acts and whether the hour is one that they may choose.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, events
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor
from kernel.settings import Settings
from people.models import User
from scheduling import announcing, occupancy
from scheduling.events import OralChanged, OralPlanned
from scheduling.mandates import mandate_of
from scheduling.models import (
    Appointment,
    AppointmentChange,
    AppointmentState,
    ChangeKind,
    Occupancy,
    Waiting,
)

AS_IT_STANDS: Final = ("state", "sequence", "starts_at", "ends_at", "evaluator_id", "evaluator")
"""What somebody else may have changed while we waited for the candidacy."""


def current(db: Session, candidacy: Candidacy) -> Appointment | None:
    """Return the planned appointment of `candidacy`, if there is one."""
    return db.scalar(
        select(Appointment)
        .where(
            Appointment.candidacy_id == candidacy.id,
            Appointment.state == AppointmentState.PLANNED,
        )
        # Whoever held the candidacy meanwhile may have changed what was read before.
        .execution_options(populate_existing=True)
    )


def make(
    db: Session,
    actor: Actor,
    settings: Settings,
    candidacy: Candidacy,
    taken: Occupancy,
    length: timedelta,
) -> Appointment:
    """Turn time that was taken for a candidacy into its appointment, and tell both.

    Raises:
        NoMandate: the evaluator may not examine this candidacy then (any more).
        Refused: an oral is planned already, or one cannot be held (no grid is published).
    """
    if current(db, candidacy) is not None:
        raise Refused(N_("Un rendez-vous est déjà pris pour cette candidature : déplacez-le."))
    starts_at = occupancy.moment_of(taken.start_s)
    mandate_of(candidacy).check(db, taken.evaluator_id, starts_at)
    appointment = Appointment(
        candidacy_id=candidacy.id,
        evaluator_id=taken.evaluator_id,
        starts_at=starts_at,
        ends_at=starts_at + length,
        uid=f"{uuid4()}@viva-voce",
        created_at=clock.now(),
        created_by_id=actor.user_id,
    )
    db.add(appointment)
    db.flush()
    taken.appointment_id, taken.expires_at = appointment.id, None
    candidacy.at_once = False
    db.execute(
        delete(Waiting)
        .where(Waiting.candidacy_id == candidacy.id)
        .execution_options(synchronize_session="fetch")
    )
    journey.move(db, actor, candidacy, Stage.BOOKED, reason="placed")
    audit.record(db, actor, "appointment.place", appointment, candidacy_id=candidacy.id)
    events.tell(db, OralPlanned(actor, appointment))
    announcing.placed(db, settings, appointment)
    return appointment


def stands(db: Session, appointment: Appointment) -> None:
    """Hold an appointment's candidacy, and refuse one that took place or was cancelled."""
    candidacy = appointment.candidacy
    journey.lock(db, candidacy)
    db.refresh(appointment, attribute_names=AS_IT_STANDS)
    if appointment.state is not AppointmentState.PLANNED or candidacy.stage is not Stage.BOOKED:
        raise Refused(N_("Ce rendez-vous a eu lieu ou a été annulé : il ne se déplace plus."))


def change(
    db: Session,
    actor: Actor,
    appointment: Appointment,
    kind: ChangeKind,
    starts_at: datetime,
    evaluator: User,
    reason: str,
) -> tuple[datetime, User]:
    """Give an appointment another hour or evaluator; return what they were.

    Its time must have been taken already; the personal link stays the same.

    Raises:
        NoMandate: the evaluator may not examine this candidacy then (any more).
    """
    mandate_of(appointment.candidacy).check(db, evaluator.id, starts_at)
    was_at, was_with = appointment.starts_at, appointment.evaluator
    length = appointment.ends_at - appointment.starts_at
    appointment.starts_at, appointment.ends_at = starts_at, starts_at + length
    appointment.evaluator_id, appointment.evaluator = evaluator.id, evaluator
    appointment.sequence += 1
    appointment.reason = reason.strip()
    _note(db, actor, appointment, kind, was_at, was_with)
    audit.record(
        db, actor, "appointment.move", appointment, candidacy_id=appointment.candidacy_id, kind=kind
    )
    events.tell(db, OralChanged(actor, appointment))
    return was_at, was_with


def give_up(
    db: Session,
    actor: Actor,
    settings: Settings,
    appointment: Appointment,
    reason: str,
    *,
    kind: ChangeKind = ChangeKind.CANCELLED,
    document_key: str = "",
) -> None:
    """Cancel an appointment; the candidacy goes back to where an oral can be booked.

    Raises:
        Invalid: no reason.
        Refused: it was held, its room is open, or it is cancelled already.
    """
    candidacy = appointment.candidacy
    journey.lock(db, candidacy)
    db.refresh(appointment, attribute_names=AS_IT_STANDS)
    if appointment.state is not AppointmentState.PLANNED:
        raise Refused(N_("Ce rendez-vous a eu lieu ou a été annulé : il ne s'annule plus."))
    if candidacy.stage is Stage.IN_ORAL:
        raise Refused(N_("La salle de cet oral est ouverte : son évaluateur le termine de là."))
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi le rendez-vous est annulé."), "reason")
    appointment.state = AppointmentState.CANCELLED
    appointment.sequence += 1
    appointment.reason = reason.strip()
    occupancy.release(db, appointment)
    if candidacy.stage in (Stage.BOOKED, Stage.SUSPENDED):
        journey.move(db, actor, candidacy, Stage.ENROLLED, reason)
    row = _note(db, actor, appointment, kind, appointment.starts_at, appointment.evaluator)
    row.now_at = row.now_with_id = None
    row.document_key = document_key
    audit.record(db, actor, "appointment.cancel", appointment, candidacy_id=candidacy.id, kind=kind)
    announcing.cancelled(db, settings, appointment)


def fall_through(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, why: str
) -> dict[str, Any]:
    """Take back an appointment whose oral did not begin, and is no fault of the candidate.

    `why` is a word of the platform's own. The evaluator is told; returned is the calendar file
    for the candidate's letter, which whoever knows what happened writes.
    """
    appointment.state = AppointmentState.CANCELLED
    appointment.sequence += 1
    appointment.reason = ""
    occupancy.release(db, appointment)
    row = _note(
        db, actor, appointment, ChangeKind.CANCELLED, appointment.starts_at, appointment.evaluator
    )
    row.reason, row.now_at, row.now_with_id = why, None, None
    audit.record(
        db,
        actor,
        "appointment.cancel",
        appointment,
        candidacy_id=appointment.candidacy_id,
        kind=row.kind,
    )
    return announcing.fell_through(db, settings, appointment)


def _note(
    db: Session,
    actor: Actor,
    appointment: Appointment,
    kind: ChangeKind,
    was_at: datetime,
    was_with: User,
) -> AppointmentChange:
    row = AppointmentChange(
        appointment_id=appointment.id,
        kind=kind,
        at=clock.now(),
        by_id=actor.user_id,
        reason=appointment.reason,
        was_at=was_at,
        now_at=appointment.starts_at,
        was_with_id=was_with.id,
        now_with_id=appointment.evaluator_id,
    )
    db.add(row)
    return row
