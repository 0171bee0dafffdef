"""What must leave leaves once, whatever dies in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, outbox
from kernel.outbox import (
    LADDER,
    LEASE,
    SLOW_LADDER,
    Halt,
    Lane,
    OutboxRow,
    Permanent,
    RetrySlowly,
    RunOutcome,
    drain,
    enqueue,
    given_up,
    is_due,
    retry,
    run_one,
)


@pytest.fixture
def seen(monkeypatch, settings):
    """The payloads that a handler of `sample` rows was given, in order."""
    monkeypatch.setattr(outbox, "_handlers", {})
    given: list[object] = []

    @outbox.handles("sample")
    def _take(_database, row):
        given.append(row.payload["n"])

    return given


def _rows(database) -> list[OutboxRow]:
    with database.session(read_only=True) as db:
        return list(db.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def _queue(database, *numbers, **options) -> None:
    with database.transaction() as db:
        for number in numbers:
            enqueue(db, "sample", {"n": number}, **options)


def test_rows_leave_in_order_and_once(database, seen):
    _queue(database, 1, 2, 3)
    assert drain(database) == 3
    assert seen == [1, 2, 3]
    assert drain(database) == 0
    assert [row.done_at is not None for row in _rows(database)] == [True] * 3


def test_what_was_rolled_back_never_leaves(database, seen):
    with pytest.raises(RuntimeError), database.transaction() as db:
        enqueue(db, "sample", {"n": 1})
        raise RuntimeError
    assert drain(database) == 0


def test_the_same_key_is_queued_once(database, seen):
    _queue(database, 1, dedupe="reminder:7")
    _queue(database, 2, dedupe="reminder:7")
    drain(database)
    assert seen == [1]


def test_what_is_for_later_waits(database, seen):
    _queue(database, 1, not_before=clock.now() + timedelta(hours=1))
    assert drain(database) == 0
    clock.move(timedelta(hours=1, seconds=1))
    assert drain(database) == 1


def test_a_failure_is_tried_again_up_the_ladder_then_given_up(database, seen):
    @outbox.handles("sample")
    def _fail(_database, _row):
        raise OSError("the server is away")

    _queue(database, 1)
    for rung, wait in enumerate(LADDER, start=1):
        assert run_one(database) is RunOutcome.GONE_ON
        assert run_one(database) is RunOutcome.NOTHING, "it waits its turn"
        row = _rows(database)[0]
        assert (row.attempts, row.failed_at, row.claimed_until) == (rung, None, None)
        assert row.error == "OSError('the server is away')"
        clock.move(wait + timedelta(seconds=1))
    assert run_one(database) is RunOutcome.GONE_ON
    assert _rows(database)[0].failed_at is not None
    clock.move(timedelta(days=7))
    assert run_one(database) is RunOutcome.NOTHING


def test_what_cannot_help_is_not_tried_again(database, seen):
    @outbox.handles("sample")
    def _refuse(_database, _row):
        raise Permanent("no such mailbox")

    _queue(database, 1)
    drain(database)
    row = _rows(database)[0]
    assert (row.attempts, row.error, row.done_at) == (1, "no such mailbox", None)
    assert row.failed_at is not None


def test_a_kind_that_nobody_handles_fails_and_says_so(database, seen):
    with database.transaction() as db:
        enqueue(db, "unheard", {})
    drain(database)
    assert _rows(database)[0].error == "nobody handles unheard"


def test_a_worker_that_died_is_relieved_after_its_lease(database, seen):
    workers = []

    @outbox.handles("slow")
    def _slow(database, _row) -> None:
        workers.append(len(workers) + 1)
        if workers == [1]:
            assert drain(database) == 0
            clock.move(LEASE + timedelta(seconds=1))
            assert drain(database) == 1
            raise OSError("too late")  # it comes back, and no longer owns the row

    with database.transaction() as db:
        enqueue(db, "slow", {})
    assert drain(database) == 1
    (row,) = _rows(database)
    assert (workers, row.error, row.done_at is not None) == ([1, 2], None, True)


def test_many_workers_share_without_doing_twice(database, seen):
    _queue(database, *range(30))
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _n: drain(database), range(6)))
    assert sum(done) == 30
    assert sorted(seen) == list(range(30))


def test_what_was_done_keeps_what_its_handler_keeps_and_no_more(database, settings, monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "_kept", {})

    @outbox.handles("letter", keeps=("template", "to"))
    def _send(_database, _row):
        pass

    @outbox.handles("plain")
    def _do(_database, _row):
        pass

    with database.transaction() as db:
        enqueue(db, "letter", {"template": "t", "to": "a", "context": {"code": "K7QM"}})
        enqueue(db, "plain", {"email": "a@example.test"})
    drain(database)
    assert [row.payload for row in _rows(database)] == [{"template": "t", "to": "a"}, {}]


def test_what_left_long_ago_is_forgotten(database, settings, seen):
    _queue(database, 1, dedupe="kept until then")
    with database.transaction() as db:
        enqueue(db, "nobody handles this", {"secret": 1})
    drain(database)
    _queue(database, 2, not_before=clock.now() + timedelta(days=900))
    for days, left in ((29, [{}, {"secret": 1}, {"n": 2}]), (31, [{}, {}, {"n": 2}])):
        clock.move(timedelta(days=days))
        with database.transaction() as db:
            assert outbox.purge(db, settings) == 0
        assert [row.payload for row in _rows(database)] == left
    clock.move(timedelta(days=401))
    with database.transaction() as db:
        assert outbox.purge(db, settings) == 2
    assert [row.payload for row in _rows(database)] == [{"n": 2}]


def test_what_is_refused_is_tried_for_days(database, seen):
    @outbox.handles("sample")
    def _refuse(_database, _row):
        raise RetrySlowly("550 policy")

    _queue(database, 1)
    for rung, wait in enumerate(SLOW_LADDER, start=1):
        assert run_one(database) is RunOutcome.GONE_ON
        row = _rows(database)[0]
        assert (row.attempts, row.failed_at, row.error) == (rung, None, "550 policy")
        clock.move(wait + timedelta(seconds=1))
    assert sum(SLOW_LADDER, timedelta()) > timedelta(days=6)
    run_one(database)
    assert _rows(database)[0].failed_at is not None


def test_a_side_that_cannot_be_reached_halts_its_lane_alone(database, seen):
    letters, rest = Lane(frozenset({"letter"})), Lane(frozenset({"letter"}), others=True)

    @outbox.handles("letter")
    def _away(_database, _row):
        raise Halt("no route")

    done = []
    outbox.handles("sample")(lambda _database, row: done.append(row.id))
    with database.transaction() as db:
        for _ in range(3):
            enqueue(db, "letter", {})
        enqueue(db, "sample", {})
    assert drain(database, lane=letters) == 1  # the first says enough of the others
    assert [row.attempts for row in _rows(database)[:3]] == [0, 0, 0]
    assert drain(database, lane=rest) == 1
    assert len(done) == 1
    with database.session(read_only=True) as db:
        assert (is_due(db, letters), is_due(db, rest)) == (True, False)
    # Seventeen hours later, the letters are not given up.
    clock.move(timedelta(hours=17))
    sent = []
    outbox.handles("letter")(lambda _database, row: sent.append(row.id))
    assert drain(database, lane=letters) == 3
    assert len(sent) == 3


def test_what_was_given_up_is_run_again_when_asked(database, seen):
    @outbox.handles("sample")
    def _refuse(_database, _row):
        raise Permanent("no such file")

    _queue(database, 1)
    drain(database)
    with database.transaction() as db:
        [row] = given_up(db, ["sample"])
        assert retry(db, row.id) is True
    with database.transaction() as db:
        assert retry(db, row.id) is False
        assert given_up(db, ["sample"]) == []
    done = []
    outbox.handles("sample")(lambda _database, row: done.append(row.id))
    assert drain(database) == 1
    assert done == [row.id]
