"""Taking an evaluator's time for somebody, and giving it back; the database refuses it twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import clock
from kernel.db import LOCK
from people.models import User
from scheduling.models import Agenda, Appointment, Occupancy

BUFFER_MINUTES = 10
"""To mark after each oral, for an evaluator who has not said otherwise."""


_CLASH: Final = (
    select(Occupancy.id)
    .where(
        or_(
            Occupancy.evaluator_id == bindparam("evaluator_id"),
            Occupancy.person_id == bindparam("person_id"),
        ),
        Occupancy.start_s < bindparam("end_s"),
        Occupancy.end_s > bindparam("start_s"),
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > bindparam("now")),
    )
    .limit(1)
)
"""Written once: it is asked at every claim, of which most may be lost."""


class Taken(Exception):
    """Somebody has this time already: the evaluator's, or the person's own."""


def seconds(moment: datetime) -> int:
    """Return a moment in seconds since 1970."""
    return int(moment.timestamp())


def moment_of(second: int) -> datetime:
    """Return the moment of a second since 1970."""
    return datetime.fromtimestamp(second, UTC)


def buffer_of(db: Session, evaluator_id: int) -> timedelta:
    """Return how long the evaluator marks after an oral."""
    minutes = db.scalar(select(Agenda.buffer_minutes).where(Agenda.evaluator_id == evaluator_id))
    return timedelta(minutes=BUFFER_MINUTES if minutes is None else minutes)


def forget_expired(db: Session) -> None:
    """Give back what was held for too long; whoever takes something does so first."""
    expired = Occupancy.expires_at <= clock.now()
    db.execute(delete(Occupancy).where(expired).execution_options(synchronize_session="fetch"))


def take(
    db: Session,
    candidacy: Candidacy,
    evaluator_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    until: datetime | None = None,
) -> Occupancy:
    """Take an evaluator's time from `starts_at`, marking after `ends_at` included.

    `until`: it is only held, so long.

    Raises:
        Taken: it overlaps something else of the evaluator or of the candidate.
    """
    person_id, start_s = candidacy.candidate.user_id, seconds(starts_at)
    _lost_already(db, evaluator_id, person_id, start_s, seconds(ends_at))
    _one_at_a_time(db, evaluator_id)
    forget_expired(db)
    row = Occupancy(
        evaluator_id=evaluator_id,
        person_id=person_id,
        candidacy_id=candidacy.id,
        start_s=start_s,
        end_s=seconds(ends_at + buffer_of(db, evaluator_id)),
        expires_at=until,
    )
    with _never_twice(db):
        db.add(row)
    return row


def shift(
    db: Session, row: Occupancy, evaluator_id: int, starts_at: datetime, ends_at: datetime
) -> None:
    """Let a row take another time, or another evaluator's.

    Raises:
        Taken: as `take`; the row stands where it was.
    """
    _one_at_a_time(db, evaluator_id)
    forget_expired(db)
    end_s = seconds(ends_at + buffer_of(db, evaluator_id))
    with _never_twice(db):
        row.evaluator_id, row.start_s, row.end_s = evaluator_id, seconds(starts_at), end_s


@contextmanager
def _never_twice(db: Session) -> Iterator[None]:
    """Write what is changed inside; whatever else the transaction did stays when it fails."""
    try:
        with db.begin_nested():
            yield
            db.flush()
    except IntegrityError as error:
        overlap = "23P01" if db.get_bind().dialect.name == "postgresql" else "occupancy overlaps"
        if overlap not in f"{getattr(error.orig, 'sqlstate', '')} {error.orig}":
            raise
        raise Taken from error


def _lost_already(db: Session, evaluator_id: int, person_id: int, start_s: int, end_s: int) -> None:
    """Spare whoever comes too late the wait for others; the database still has the last word.

    Raises:
        Taken: somebody has it already.
    """
    db.flush()
    values = {
        "evaluator_id": evaluator_id,
        "person_id": person_id,
        "start_s": start_s,
        "end_s": end_s,
        "now": clock.now(),
    }
    clash = db.connection().execute(_CLASH, values).first()
    if clash is not None:
        raise Taken


def _one_at_a_time(db: Session, evaluator_id: int) -> None:
    """Wait for whoever else takes time of this evaluator.

    The constraint alone would be enough; two who meet in its index would wait for each other.
    """
    db.execute(select(User.id).where(User.id == evaluator_id).with_for_update(**LOCK))


def of_appointment(db: Session, appointment: Appointment) -> Occupancy | None:
    """Return what an appointment takes, while it stands."""
    return db.scalar(select(Occupancy).where(Occupancy.appointment_id == appointment.id))


def release(db: Session, appointment: Appointment) -> None:
    """Give back what an appointment took: it was cancelled, or is over."""
    db.execute(
        delete(Occupancy)
        .where(Occupancy.appointment_id == appointment.id)
        .execution_options(synchronize_session="fetch")
    )


def reserved(db: Session, candidacy: Candidacy) -> Occupancy | None:
    """Return the slot that is held for a candidacy now, if there is one."""
    return db.scalar(
        select(Occupancy).where(
            Occupancy.candidacy_id == candidacy.id,
            Occupancy.appointment_id.is_(None),
            Occupancy.expires_at > clock.now(),
        )
    )


def let_go(db: Session, candidacy: Candidacy) -> None:
    """Give back what was held for a candidacy."""
    db.execute(
        delete(Occupancy)
        .where(Occupancy.candidacy_id == candidacy.id, Occupancy.appointment_id.is_(None))
        .execution_options(synchronize_session="fetch")
    )
