"""Migrations over what an installation holds, on both databases."""

from __future__ import annotations

import uuid
from datetime import timedelta

import postgres
import pytest
from alembic import command
from factories import Make
from sqlalchemy import select
from twins import PostgreSQL

from evaluator_app import migrate
from kernel.db import Database
from rooms.models import Interview
from scheduling.models import AppointmentState


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request, tmp_path):
    """A database of its own, whose rows are written before the last migrations run."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        request.getfixturevalue("_postgresql")
        shared, name = request.getfixturevalue("shared"), f"old_{uuid.uuid4().hex[:8]}"
        PostgreSQL.ask(shared, "postgres", f"CREATE DATABASE {name} TEMPLATE template_viva")
        url = postgres.url(shared, name)
    database = Database(url)
    migrate.upgrade(database)
    yield database
    database.dispose()


def again(database: Database, revision: str) -> None:
    """Run the migrations from `revision` on once more: they only fill in what is missing."""
    config = migrate._config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, revision)
    migrate.upgrade(database)


def test_orals_booked_before_get_their_interview(old):
    with old.transaction() as db:
        make = Make(db)
        planned, known = make.appointment(), make.interview().appointment
        make.appointment(
            make.candidacy(), starts_at=planned.starts_at + timedelta(days=1)
        ).state = AppointmentState.CANCELLED
        ids = [planned.id, known.id]
    again(old, "0005")
    with old.session(read_only=True) as db:
        rows = db.scalars(select(Interview).order_by(Interview.appointment_id)).all()
        assert [row.appointment_id for row in rows] == ids
        mine = rows[0]
        assert mine.performance.candidacy_id == mine.appointment.candidacy_id
        assert mine.performance.rubric.published_at is not None
        assert len(mine.room) == 24
