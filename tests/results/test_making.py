"""The three steps of a document's file: a maker killed between any two, two makers at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, outbox, storage
from kernel.audit import AuditEntry
from kernel.outbox import OutboxRow
from kernel.storage import Storage
from people.letters import KIND
from results import issuing, making, stating, validation
from results.models import Document
from tests.results.test_validation import complete


class Killed(BaseException):
    """The process is no more."""


@pytest.fixture
def kept(settings) -> Storage:
    return storage.from_settings(settings)


@pytest.fixture
def verdict_id(db, make) -> int:
    row = validation.validate(db, make.coordinator().actor, complete(make))
    number = row.id
    db.commit()
    return number


def read(database, query) -> list:
    """Return what stands in the database, holding nothing."""
    with database.session(read_only=True) as db:
        return list(db.scalars(query))


def documents(database) -> list[Document]:
    return read(database, select(Document).order_by(Document.id))


def letters(database) -> list[str]:
    keys = read(database, select(OutboxRow.dedupe).where(OutboxRow.kind == KIND))
    return sorted(key.partition(":")[0] for key in keys if key)


def issued(database) -> list[int]:
    acts = select(AuditEntry.subject_id).where(AuditEntry.act == "document.issue")
    return read(database, acts.order_by(AuditEntry.id))


def killed_in(monkeypatch, place, name: str, *, after: bool) -> None:
    """Let the process die in a step, once: before the step did anything, or once it had."""
    step = getattr(place, name)

    def die(*given, **named):
        monkeypatch.setattr(place, name, step)
        if after:
            step(*given, **named)
        raise Killed

    monkeypatch.setattr(place, name, die)


@pytest.mark.parametrize(
    ("place", "name", "after"),
    [
        (making, "claim", True),  # the first transaction, not committed
        (stating, "draw", False),  # claimed, nothing drawn
        (Storage, "put", True),  # drawn and stored, no row says so
        (making, "keep", True),  # the last transaction, not committed
        (Storage, "delete", True),  # kept, and what an earlier maker left removed
        (issuing, "_send", False),  # everything is made, no letter queued
        (issuing, "_send", True),  # queued, not committed
    ],
)
def test_a_maker_killed_between_two_steps_is_followed_by_one_that_ends(
    database, settings, kept, verdict_id, monkeypatch, place, name, after
):
    killed_in(monkeypatch, place, name, after=after)
    try:
        issuing.issue(database, settings, kept, verdict_id)
    except Killed:
        clock.move(making.LEASE)
        issuing.issue(database, settings, kept, verdict_id)
    rows = documents(database)
    assert issued(database) == [row.id for row in rows]
    assert [row.version for row in rows] == [1, 1]
    assert kept.names(making.FOLDER) == sorted(row.storage_key for row in rows)
    assert [row.claim for row in rows] == [None, None]
    for row in rows:
        assert kept.bytes(row.storage_key) == stating.draw(row.kind, row.template, row.statement)
    sent = letters(database)
    issuing.issue(database, settings, kept, verdict_id)
    assert (sent.count("results_ready"), letters(database)) == (1, sent)


def test_one_that_was_overtaken_changes_nothing_and_leaves_no_file(
    database, settings, kept, verdict_id, monkeypatch
):
    first, _second = documents(database)
    draw = stating.draw

    def slow(*given):
        monkeypatch.setattr(stating, "draw", draw)
        clock.move(making.LEASE)  # another one takes it for dead, and makes the document
        assert making.make(database, settings, kept, first.id)
        return b"what a slow signature gave"

    monkeypatch.setattr(stating, "draw", slow)
    assert making.make(database, settings, kept, first.id)
    first, _second = documents(database)
    assert issued(database) == [first.id]
    assert kept.names(making.FOLDER) == [first.storage_key]
    assert kept.bytes(first.storage_key) != b"what a slow signature gave"


def test_two_workers_never_issue_twice(database, settings, kept, verdict_id):
    barrier = threading.Barrier(2)

    def work(_worker: int) -> None:
        barrier.wait(timeout=30)
        with suppress(issuing.NotYet):
            issuing.issue(database, settings, kept, verdict_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    issuing.issue(database, settings, kept, verdict_id)
    rows = documents(database)
    assert sorted(issued(database)) == [row.id for row in rows]
    assert kept.names(making.FOLDER) == sorted(row.storage_key for row in rows)
    assert letters(database).count("results_ready") == 1


def test_what_another_one_makes_is_waited_for(database, settings, kept, verdict_id):
    first, _second = documents(database)
    with database.transaction() as other:
        assert making.claim(other, settings, first.id) is not None
    issuing.register(settings, kept)
    outbox.drain(database)
    assert letters(database) == []
    [row] = read(database, select(OutboxRow).where(OutboxRow.kind == validation.ISSUE))
    assert (row.done_at, row.failed_at, row.attempts) == (None, None, 1)
    clock.move(making.LEASE + timedelta(seconds=5))
    outbox.drain(database)
    assert letters(database).count("results_ready") == 1
    [row] = read(database, select(OutboxRow).where(OutboxRow.kind == validation.ISSUE))
    assert row.done_at is not None
