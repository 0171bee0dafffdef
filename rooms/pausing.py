"""When time stands still in an oral: the rows beside the arithmetic of `rooms.timers`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rooms import rules, timers
from rooms.models import Interview, InterviewState, PartRun
from scheduling.models import Appointment, AppointmentState


def run_of(row: PartRun) -> timers.Run:
    """Return a part's row as the arithmetic takes it."""
    return timers.Run(row.part, row.started_at, row.ended_at, row.paused_s, row.paused_at)


def next_appointment(db: Session, interview: Interview, after: datetime) -> datetime | None:
    """Return when the evaluator's next oral begins after a moment; None: there is none."""
    mine = interview.appointment
    return db.scalar(
        select(Appointment.starts_at)
        .where(
            Appointment.evaluator_id == mine.evaluator_id,
            Appointment.state == AppointmentState.PLANNED,
            Appointment.starts_at > max(after, mine.starts_at),
            Appointment.id != mine.id,
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    )


def patience(
    db: Session, interview: Interview, rows: Sequence[PartRun], now: datetime
) -> timers.Patience:
    """Return how long the oral's time may stand still."""
    since = next((row.paused_at for row in rows if row.paused_at is not None), now)
    return timers.Patience(
        60.0 * rules.of(interview).pause_minutes, next_appointment(db, interview, since)
    )


def running(db: Session, interview: Interview) -> PartRun | None:
    """Return the part that runs, if one does."""
    if interview.state is not InterviewState.RUNNING:
        return None
    return db.scalar(
        select(PartRun).where(PartRun.interview_id == interview.id, PartRun.ended_at.is_(None))
    )


def stand_still(db: Session, interview: Interview, moment: datetime) -> None:
    """Stop the time of the part that runs; it stands still already: nothing happens."""
    run = running(db, interview)
    if run is not None and run.paused_at is None:
        run.paused_at = max(moment, run.started_at)


def go_on(db: Session, interview: Interview, moment: datetime) -> None:
    """Let time go on, if it stands still."""
    run = running(db, interview)
    if run is not None:
        settle(db, interview, run, moment)


def settle(db: Session, interview: Interview, run: PartRun, moment: datetime) -> bool:
    """Add the pause that runs to what was paused before; return whether there was one."""
    if run.paused_at is None:
        return False
    rows = db.scalars(select(PartRun).where(PartRun.interview_id == interview.id)).all()
    ends_at = timers.stands_until(
        [run_of(row) for row in rows], patience(db, interview, rows, moment)
    )
    run.paused_s += timers.still(run_of(run), moment, ends_at).total_seconds()
    run.paused_at = None
    return True
