"""Windows that close: said once a week before, closed once at their end, whatever happens twice."""

from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from instants import at_twelve
from query_count import counted
from sqlalchemy import select

from enrolment import extensions, gates, jobs
from enrolment.models import CandidacyMove, GateKind, Stage
from kernel import clock
from kernel.outbox import OutboxRow

pytestmark = at_twelve  # whatever is counted in hours and days


def closing(make, days: float, **values):
    end = clock.now() + timedelta(days=days)
    return make.candidacy(**{"window_start": end - timedelta(days=31), "window_end": end} | values)


def told(db) -> list[tuple[str, str]]:
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.payload["template"], letterbox.address(db, row.payload)) for row in rows]


def test_who_has_no_booking_is_told_a_week_before_and_once(db, make, settings):
    soon = closing(make, 6.5)
    closing(make, 8)
    closing(make, 3, stage=Stage.BOOKED)
    closing(make, 3, window_start=clock.now() - timedelta(days=1))  # was told its end just now
    gates.put(db, soon, GateKind.WRITTEN_RESULT, is_open=True)
    assert (jobs.warn(db), jobs.warn(db)) == (1, 0)
    assert told(db) == [("window_closes", soon.candidate.user.email)]
    assert db.scalars(select(OutboxRow)).one().payload["context"]["written"] is True
    assert jobs.expire(db) == 0


def test_a_window_that_moved_is_said_again(db, make, settings):
    soon = closing(make, 5)
    jobs.warn(db)
    soon.window_end += timedelta(days=1)
    assert jobs.warn(db) == 1
    assert [name for name, _ in told(db)] == ["window_closes", "window_closes"]


@pytest.mark.parametrize("asked", [True, False])
def test_a_window_that_ended_without_an_oral_is_closed_once(db, make, settings, asked):
    over = closing(make, -0.01)
    if asked:
        extensions.ask(db, over.candidate.user.actor, settings, over, "")
    booked = closing(make, -1, stage=Stage.BOOKED)
    assert (jobs.expire(db), jobs.expire(db)) == (1, 0)
    assert (over.stage, booked.stage) == (Stage.EXPIRED, Stage.BOOKED)
    moves = db.scalars(select(CandidacyMove)).all()
    assert [(m.candidacy_id, m.to_stage, m.by_id) for m in moves] == [
        (over.id, Stage.EXPIRED, None)
    ]
    assert told(db) == [("window_expired", over.candidate.user.email)]
    assert db.scalars(select(OutboxRow)).one().payload["context"]["asked"] is asked


def test_the_job_commits_and_counts_what_it_closed(db, make, settings, database):
    over = closing(make, -1)
    closing(make, 2)
    db.commit()
    assert jobs.close_windows(database) == 1
    assert jobs.close_windows(database) == 0
    db.expire_all()
    assert over.stage is Stage.EXPIRED
    assert sorted(name for name, _ in told(db)) == ["window_closes", "window_expired"]


@pytest.mark.parametrize("many", [1, 3])
def test_a_minute_without_news_costs_the_same_for_many(db, make, settings, database, many):
    for _ in range(many):
        closing(make, 5)
    jobs.warn(db)
    db.flush()
    db.expire_all()
    with counted(database.engine) as sent:
        assert jobs.warn(db) == 0
        assert jobs.expire(db) == 0
    assert sent.count == 4
