"""When evaluators are there, what is taken, appointments: the oral's place in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.models import Candidacy
from kernel.db import Base, Json
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
    link_number: Mapped[int] = mapped_column(default=0)  # another one ends the personal link

    candidacy: Mapped[Candidacy] = relationship()
    evaluator: Mapped[User] = relationship(foreign_keys=[evaluator_id])

    @property
    def change_until(self) -> datetime:
        """Return until when the candidate may move or cancel it by themselves."""
        return self.starts_at - timedelta(hours=self.candidacy.certification.moving_notice_hours)


class Occupancy(Base):
    """Time of one evaluator and one person that is taken, marking included: never twice.

    An appointment that stands has one, and so has a slot that somebody looks at for a few minutes
    (`expires_at`). Seconds since 1970: elapsed time is counted in UTC. The database itself refuses
    two that overlap, of one evaluator or of one person (`never_twice_ddl`).
    """

    __tablename__ = "occupancy"
    __table_args__ = (
        CheckConstraint("end_s > start_s", "order"),
        Index("ix_occupancy_evaluator_start", "evaluator_id", "start_s"),
        Index("ix_occupancy_person_start", "person_id", "start_s"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    start_s: Mapped[int] = mapped_column(BigInteger)
    end_s: Mapped[int] = mapped_column(BigInteger)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class Agenda(Base):
    """How one evaluator works; their hours are on the clock of their own zone (`User.timezone`)."""

    __tablename__ = "agenda"
    __table_args__ = (
        CheckConstraint("buffer_minutes BETWEEN 0 AND 120", "buffer"),
        CheckConstraint("daily_most BETWEEN 1 AND 40", "daily_most"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    buffer_minutes: Mapped[int] = mapped_column(default=10)  # to mark, after each oral
    daily_most: Mapped[int] = mapped_column(default=10)
    feed: Mapped[str] = mapped_column(unique=True)  # the secret of the private calendar address


class OpeningHours(Base):
    """Hours that come back each week, in minutes of the day; an end before the start is later."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday"),
        CheckConstraint("start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440", "day"),
        CheckConstraint("start_minute <> end_minute", "some"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    weekday: Mapped[int]  # 0 is Monday
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class OtherDay(Base):
    """A day unlike the others: a day off (no minutes), or hours of its own, one row each."""

    __tablename__ = "other_day"
    __table_args__ = (Index("ix_other_day_evaluator_day", "evaluator_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    day: Mapped[date]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")


class BusySourceKind(StrEnum):
    """How an evaluator's own calendar is read."""

    ICS = "ics"
    CALDAV = "caldav"


class BusySource(Base):
    """An evaluator's own calendar, whose events keep slots from being offered."""

    __tablename__ = "busy_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[BusySourceKind] = mapped_column(default=BusySourceKind.ICS)
    name: Mapped[str]
    address: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    secret: Mapped[str] = mapped_column(default="")  # sealed
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # when it was last read well
    tried_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    # What the last good reading had: engagements ahead, and events that were left out.
    engagements: Mapped[int | None]
    left_out_count: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)


class BusyTime(Base):
    """One event of an evaluator's own calendar: from when to when, and nothing else of it."""

    __tablename__ = "busy_time"
    __table_args__ = (Index("ix_busy_time_evaluator_start", "evaluator_id", "start_s"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("busy_source.id"), index=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    start_s: Mapped[int] = mapped_column(BigInteger)
    end_s: Mapped[int] = mapped_column(BigInteger)


class ChangeKind(StrEnum):
    """How an appointment changed."""

    MOVED = "moved"
    FORCE_MAJEURE = "force_majeure"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class AppointmentChange(Base):
    """One change of an appointment: who, why, from what to what; a document may prove why."""

    __tablename__ = "appointment_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    kind: Mapped[ChangeKind]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")
    was_at: Mapped[datetime]
    now_at: Mapped[datetime | None]
    was_with_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    now_with_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    document_key: Mapped[str] = mapped_column(default="")  # of the storage
    document_purged_at: Mapped[datetime | None]


class Waiting(Base):
    """A candidacy for which no slot was free: first come, first offered.

    An offer keeps its slot (`Occupancy.expires_at`) until `offer_until`; then the next is asked.
    """

    __tablename__ = "waiting"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), unique=True)
    since: Mapped[datetime]
    offers: Mapped[int] = mapped_column(default=0)
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    offer_start_s: Mapped[int | None] = mapped_column(BigInteger)

    candidacy: Mapped[Candidacy] = relationship()


def never_twice_ddl(dialect: str) -> list[str]:
    """Return the statements that let no two occupancies of one evaluator or person overlap."""
    if dialect == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            *(
                f"ALTER TABLE occupancy ADD CONSTRAINT ex_occupancy_{who} "
                f"EXCLUDE USING gist ({who}_id WITH =, int8range(start_s, end_s) WITH &&)"
                for who in ("evaluator", "person")
            ),
        ]
    overlap = (
        "SELECT RAISE(ABORT, 'occupancy overlaps') FROM occupancy AS other "
        "WHERE other.id IS NOT NEW.id AND other.{who}_id = NEW.{who}_id "
        "AND other.start_s < NEW.end_s AND other.end_s > NEW.start_s"
    )
    both = "; ".join(overlap.format(who=who) for who in ("evaluator", "person"))
    return [
        f"CREATE TRIGGER occupancy_never_twice_{verb} BEFORE {verb.upper()} ON occupancy "
        f"BEGIN {both}; END"
        for verb in ("insert", "update")
    ]


for _dialect in ("sqlite", "postgresql"):
    for _statement in never_twice_ddl(_dialect):
        event.listen(
            Occupancy.__table__,
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
