"""Clicks at the very same moment, in several requests: one does it, the others find it done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from memory_engine import MemoryEngine
from sqlalchemy import select

from kernel import clock
from proctor.models import IdentityState
from rooms import interview as orals
from rooms import queries, recordings
from rooms.models import Interview, InterviewState, PartRun, Recording


def test_starting_twice_at_once_records_once(database, db, make):
    interview = make.interview(
        state=InterviewState.READY, waiting_since=clock.now(), opened_at=clock.now()
    )
    candidacy = interview.appointment.candidacy
    check = make.identity_check(candidacy, state=IdentityState.CONFIRMED)
    interview.identity_check_id = check.id
    actor, number = interview.appointment.evaluator.actor, interview.id
    db.commit()
    engine, together = MemoryEngine(), threading.Barrier(4)

    def click(_turn: int) -> InterviewState:
        together.wait()
        with database.transaction() as session:
            row = queries.whole(session, number)
            if orals.may_start(session, actor, row):
                recordings.roll(engine, row)
                orals.start(session, actor, row)
            return row.state

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(click, range(4))) == [InterviewState.RUNNING] * 4
    assert len(db.scalars(select(Recording)).all()) == 1
    assert [run.part for run in db.scalars(select(PartRun))] == [1]
    assert len(engine.recorded) == 1
    assert db.scalars(select(Interview.revision)).one() == 1
