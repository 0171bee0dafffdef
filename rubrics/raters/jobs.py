"""What the jobs process does for the raters' statistics: make a study once a day, or when asked."""

from __future__ import annotations

from kernel import outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from rubrics.raters import studies, studying


def study_when_due(database: Database) -> None:
    """Ask for figures to be made anew once a day, if a sheet was submitted since."""
    with database.transaction() as db:
        studies.ask_when_due(db)


@outbox.handles(studies.RUNS.kind)
def make_study(database: Database, row: OutboxRow) -> None:
    """Begin a study, and let the rest of the outbox go on."""
    studying.begin(database, int(row.payload["run"]))
