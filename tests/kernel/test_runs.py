"""Runs, on the rows of a bank's releases: one at a time, followed, cancelled, begun again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, runs
from kernel.errors import Refused
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from kernel.runs import Progress, RunState, Stopped
from written_test.items.release_runs import BROKEN, RUNS
from written_test.models import Bank, ReleaseRun

pytestmark = pytest.mark.usefixtures("settings")  # whose clock may move


@pytest.fixture(autouse=True)
def _at_every_step(monkeypatch):
    """Write every word of progress, not one a second."""
    monkeypatch.setattr(runs, "TELL_EVERY", timedelta(0))


@pytest.fixture
def number(db, make) -> int:
    """A run that was asked for."""
    bank = Bank(name="Forty", language="en", created_at=clock.now())
    db.add(bank)
    db.flush()
    run = RUNS.ask(db, ReleaseRun(bank_id=bank.id, asked_by_id=make.coordinator().id))
    asked = run.id
    db.commit()
    return asked


def fresh(db, number: int) -> ReleaseRun:
    db.rollback()
    return db.get_one(ReleaseRun, number, populate_existing=True)


def nothing(_db, _run) -> None:
    """Write nothing at the end."""


def queued(db) -> list[dict[str, int]]:
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == RUNS.kind).order_by(OutboxRow.id))
    payloads = [row.payload for row in rows]
    db.rollback()
    return payloads


def test_what_is_asked_for_is_queued_done_once_and_followed(db, database, number):
    assert queued(db) == [{"run": number}]
    seen = []

    def work(progress: Progress):
        progress(1, 4)
        with database.session(read_only=True) as other:
            run = other.get_one(ReleaseRun, number)
            seen.append((run.state, run.share, run.attempt))
        return nothing

    assert [RUNS.carry_out(database, number, work) for _ in range(2)] == [True, False]
    run = fresh(db, number)
    assert (seen, run.state, run.share) == ([(RunState.RUNNING, 0.25, 1)], RunState.DONE, 1.0)
    topics = list(db.scalars(select(LiveEvent.topic)))
    assert topics == [f"bank:{run.bank_id}"] * 4  # asked for, begun, a word, done


def test_the_end_is_written_together_with_what_was_made(db, database, number):
    def work(_progress):
        def keep(session, run) -> None:
            run.share = 0.5
            session.flush()
            raise Refused("Trop tard.")

        return keep

    assert RUNS.carry_out(database, number, work) is False
    run = fresh(db, number)
    assert (run.state, run.share, str(run.failure)) == (RunState.FAILED, 0.0, "Trop tard.")


def test_what_breaks_is_said_in_general_words(db, database, number):
    def work(_progress):
        raise ZeroDivisionError

    RUNS.carry_out(database, number, work)
    assert str(fresh(db, number).failure) == BROKEN


def test_cancelled_work_stops_at_its_next_word(db, database, number):
    said = []

    def work(progress):
        progress(1, 4)
        with database.transaction() as other:
            assert RUNS.cancel(other, other.get_one(ReleaseRun, number)) is True
        said.append("cancelled")
        progress(2, 4)
        said.append("went on")
        return nothing

    assert RUNS.carry_out(database, number, work) is False
    run = fresh(db, number)
    assert (said, run.state, run.share) == (["cancelled"], RunState.CANCELLED, 0.25)
    assert RUNS.cancel(db, run) is False


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED])
def test_what_ended_is_not_cancelled(db, number, state):
    run = fresh(db, number)
    run.state = state
    db.flush()
    assert (RUNS.cancel(db, run), run.state) == (False, state)


def test_a_silent_run_is_begun_again_and_its_first_worker_stops(db, database, number):
    stopped = []

    def second(progress):
        assert progress.attempt == 2
        return nothing

    def first(progress):
        clock.move(runs.SILENT + timedelta(seconds=1))
        assert [runs.pick_up(database) for _ in range(2)] == [1, 0]
        # Another process, whose lock is its own.
        other = runs.Runs(ReleaseRun, RUNS.kind, BROKEN)
        runs._all.remove(other)
        assert other.carry_out(database, number, second) is True
        with pytest.raises(Stopped):
            progress(2, 4)
        stopped.append(True)
        return nothing

    assert RUNS.carry_out(database, number, first) is False
    run = fresh(db, number)
    assert (stopped, run.state, run.attempt) == ([True], RunState.DONE, 2)
    assert queued(db) == [{"run": number}] * 2


def test_one_that_waits_its_turn_has_one_thread(number):
    turn = threading.Event()
    begun = [RUNS.begin(number, turn.wait) for _ in range(2)]
    turn.set()
    begun[0].join(timeout=10)
    assert begun[0] is begun[1]
