"""What of the written part must go in time: answers, and what other platforms sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import func, null, select, update
from sqlalchemy.orm import Session

from enrolment import gates
from kernel import audit, retention, strays
from kernel.permissions import SYSTEM
from kernel.retention import RetentionClass
from kernel.settings import Settings
from kernel.storage import Storage
from written_test.elsewhere.results_files import FOLDER
from written_test.models import ResultImport, Step, WrittenTest

log = structlog.get_logger(__name__)

MOST: Final = 200
"""Tests and files in one transaction; the next minute goes on."""


def purge(db: Session, storage: Storage, settings: Settings) -> int:
    """Remove answers and files of results whose time is over, and files that no row names.

    Return how many tests and files were concerned. Levels, and whether each answer was right, stay.
    A result withheld stops the clock of its answers.
    """
    count = (
        _answers(db, retention.over_since(settings, RetentionClass.WRITTEN_ANSWER))
        + _files(db, storage, retention.over_since(settings, RetentionClass.RESULTS_FILE))
        + _strays(db, storage)
    )
    if count:
        log.info("written_part_purged", count=count)
    return count


def _answers(db: Session, limit: datetime) -> int:
    over = func.coalesce(WrittenTest.ended_at, WrittenTest.heard_at)
    kept = select(Step.id).where(Step.test_id == WrittenTest.id, Step.answer.is_not(None))
    due = db.scalars(
        select(WrittenTest)
        .where(over <= limit, kept.exists(), WrittenTest.candidacy_id.not_in(gates.withheld()))
        .limit(MOST)
    ).all()
    for test in due:
        db.execute(update(Step).where(Step.test_id == test.id).values(answer=null()))
        audit.record(db, SYSTEM, "written_test.purge_answers", test, candidacy_id=test.candidacy_id)
    return len(due)


def _files(db: Session, storage: Storage, limit: datetime) -> int:
    due = db.scalars(
        select(ResultImport)
        .where(ResultImport.at <= limit, ResultImport.file_key != "")
        .limit(MOST)
    ).all()
    for row in due:
        for key in (row.file_key, row.report.get("refusals_key")):
            if key:
                storage.delete(key)
        # Reasons quote what stood in the file; how many rows became what says nothing of anybody.
        row.file_key, row.report = "", {"counts": row.report.get("counts", {})}
        audit.record(db, SYSTEM, "written_results.purge_file", row)
    return len(due)


def _strays(db: Session, storage: Storage) -> int:
    """Remove what nobody imported, and what a transaction that failed left behind."""
    old = strays.old(storage, FOLDER)
    if not old:
        return 0
    rows = db.execute(select(ResultImport.file_key, ResultImport.report)).all()
    known = {key for key, _ in rows} | {report.get("refusals_key") for _, report in rows}
    return strays.remove(storage, old, known)
