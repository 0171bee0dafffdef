"""What the jobs process does for the written part: end abandoned tests, banks."""

from __future__ import annotations

from sqlalchemy import select

from enrolment.models import Candidacy
from kernel import clock, outbox
from kernel.db import LOCK, Database
from kernel.outbox import OutboxRow
from kernel.settings import load
from kernel.storage import from_settings
from written_test import ending, steps
from written_test.items import import_runs, release_runs
from written_test.models import WrittenTest, WrittenTestState

MOST = 50
"""In one round; the next minute goes on."""


def close_abandoned(database: Database) -> int:
    """End each test that was under way when its access window closed; return how many."""
    unfinished = WrittenTest.state.in_((WrittenTestState.RUNNING, WrittenTestState.LEFT))
    with database.session(read_only=True) as db:
        due = db.scalars(
            select(WrittenTest.id)
            .join(Candidacy, WrittenTest.candidacy_id == Candidacy.id)
            .where(unfinished, Candidacy.window_end <= clock.now())
            .limit(MOST)
        ).all()
    for test_id in due:
        with database.transaction() as db:
            test = db.get_one(WrittenTest, test_id, with_for_update=LOCK)
            if (
                test.state in (WrittenTestState.RUNNING, WrittenTestState.LEFT)
                and test.candidacy.window_end <= clock.now()
            ):
                ending.close_abandoned(db, test, steps.follow(db, test))
    return len(due)


@outbox.handles(import_runs.RUNS.kind)
def bring_file_in(database: Database, row: OutboxRow) -> None:
    """Begin to bring a large file in, and let the rest of the outbox go on."""
    import_runs.begin(database, from_settings(load()), int(row.payload["run"]))


@outbox.handles(release_runs.RUNS.kind)
def make_release(database: Database, row: OutboxRow) -> None:
    """Begin a release, and let the rest of the outbox go on: it takes up to minutes."""
    release_runs.begin(database, int(row.payload["run"]))
