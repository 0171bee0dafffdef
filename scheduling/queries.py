"""What pages read of appointments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from enrolment.models import Candidacy
from people.models import User
from scheduling.mandates import mandate_of
from scheduling.models import Appointment, AppointmentChange


def between(db: Session, start: datetime, end: datetime) -> list[Appointment]:
    """Return the appointments that begin from `start` to `end`, in order of time."""
    return list(
        db.scalars(
            select(Appointment)
            .where(Appointment.starts_at >= start, Appointment.starts_at < end)
            .options(
                joinedload(Appointment.evaluator),
                joinedload(Appointment.candidacy).joinedload(Candidacy.candidate),
                joinedload(Appointment.candidacy).joinedload(Candidacy.certification),
                joinedload(Appointment.candidacy).joinedload(Candidacy.organisation),
            )
            .order_by(Appointment.starts_at, Appointment.id)
        )
    )


def of_candidacy(db: Session, candidacy_id: int) -> list[Appointment]:
    """Return every appointment that `candidacy_id` ever had, newest first."""
    return list(
        db.scalars(
            select(Appointment)
            .where(Appointment.candidacy_id == candidacy_id)
            .options(joinedload(Appointment.evaluator))
            .order_by(Appointment.id.desc())
        )
    )


def last_evaluators(db: Session, ids: Collection[int]) -> dict[int, User]:
    """Return with whom the last oral of each candidacy is, or was."""
    rows = db.execute(
        select(Appointment.candidacy_id, User)
        .join(User, User.id == Appointment.evaluator_id)
        .where(Appointment.candidacy_id.in_(ids))
        .order_by(Appointment.id)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an appointment, with the names of who came before and who comes now."""

    row: AppointmentChange
    was_with: str
    now_with: str | None


def changes_of(db: Session, candidacy_id: int) -> list[Change]:
    """Return how the appointments of a candidacy changed, oldest first."""
    before, after = aliased(User), aliased(User)
    rows = db.execute(
        select(AppointmentChange, before, after)
        .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
        .join(before, before.id == AppointmentChange.was_with_id)
        .outerjoin(after, after.id == AppointmentChange.now_with_id)
        .where(Appointment.candidacy_id == candidacy_id)
        .order_by(AppointmentChange.id)
    )
    return [Change(row, was.name, now.name if now else None) for row, was, now in rows]


def evaluators_for(db: Session, candidacy: Candidacy) -> list[User]:
    """Return who may examine `candidacy`, by name."""
    may = mandate_of(candidacy).among(select(User))
    return list(db.scalars(may.order_by(User.family_name, User.given_name, User.id)))
