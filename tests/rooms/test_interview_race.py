"""Clicks at the very same moment, in several requests: one does it, the others find it done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from memory_engine import MemoryEngine
from sqlalchemy import select

from kernel import clock
from kernel.levels import Level
from proctor.models import IdentityState
from rooms import cards, queries, recordings
from rooms import interview as orals
from rooms.models import CardUse, Interview, InterviewState, PartRun, Recording


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


def test_two_tabs_that_press_at_once_go_on_by_one_part_and_one_card(database, db, make):
    interview = make.interview(
        state=InterviewState.RUNNING,
        part=1,
        cards_level=Level.B1,
        waiting_since=clock.now(),
        opened_at=clock.now(),
        started_at=clock.now(),
    )
    db.add(PartRun(interview_id=interview.id, part=1, started_at=clock.now()))
    actor, number = interview.appointment.evaluator.actor, interview.id
    db.commit()
    together = threading.Barrier(4)

    def press(act) -> None:
        together.wait()
        with database.transaction() as session:
            act(session, actor, queries.whole(session, number))

    def all_press(act) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(press, [act] * 4))

    all_press(lambda *who: orals.next_part(*who, 1))
    dealt = select(CardUse.id).order_by(CardUse.id)
    (first,) = db.scalars(dealt)
    assert sorted(db.scalars(select(PartRun.part))) == [1, 2]
    db.rollback()
    all_press(lambda *who: cards.deal(*who, first))
    uses = db.scalars(dealt).all()
    assert (len(uses), uses[0]) == (2, first)
