"""Migrations over what an installation holds, on both databases."""

from __future__ import annotations

from datetime import timedelta

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluator_app import migrate
from rooms.models import Interview
from scheduling.models import AppointmentState


def run_again(db: Session, revision: str) -> None:
    """Run one migration's statements once more: those that only fill in what is missing may."""
    context = MigrationContext.configure(db.connection())
    script = migrate.script(revision)
    with Operations.context(context):
        script.upgrade()


def test_orals_booked_before_get_their_interview(db, make):
    planned, known = make.appointment(), make.interview().appointment
    cancelled = make.appointment(starts_at=planned.starts_at + timedelta(days=1))
    cancelled.state = AppointmentState.CANCELLED
    db.flush()
    run_again(db, "0006")
    rows = db.scalars(select(Interview).order_by(Interview.appointment_id)).all()
    assert [row.appointment_id for row in rows] == [planned.id, known.id]
    made = rows[0]
    assert made.performance.candidacy_id == planned.candidacy_id
    assert made.performance.rubric.published_at is not None
    assert len(made.room) == 24
