"""Appointments: the oral's place in time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.models import Candidacy
from kernel.db import Base
from people.models import User


class AppointmentState(StrEnum):
    """What became of an appointment."""

    PLANNED = "planned"
    HELD = "held"  # the interview took place
    CANCELLED = "cancelled"


class Appointment(Base):
    """One oral, with one evaluator, at one time; moving it keeps the row and raises `sequence`."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "order"),
        Index("ix_appointment_evaluator_start", "evaluator_id", "starts_at"),
        Index("ix_appointment_start", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.PLANNED)
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")

    candidacy: Mapped[Candidacy] = relationship()
    evaluator: Mapped[User] = relationship(foreign_keys=[evaluator_id])
