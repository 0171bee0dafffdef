"""Letters to whoever marks an oral from its recording: asked, reminded, asked no more.

None names the candidate, nor the reason, which would tell something of the first marks: the oral
has the number of the assignment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kernel import clock, outbox
from kernel.db import Database
from people import entry, letters
from results.rating import to_do
from rubrics.models import Assignment

REMINDED: Final = timedelta(days=2)
"""How long before a marking is due its rater is reminded."""


def ask(db: Session, assignment: Assignment) -> None:
    """Ask somebody to mark an oral."""
    _write(db, "rating_asked", assignment)


def release(db: Session, assignment: Assignment) -> None:
    """Tell somebody that they have nothing to mark any more."""
    _write(db, "rating_released", assignment)


def _write(db: Session, template: str, assignment: Assignment) -> None:
    context: dict[str, Any] = {
        "number": assignment.id,
        "role": str(assignment.role),
        "due_at": assignment.due_at.isoformat() if assignment.due_at else "",
    }
    key = f"{template}:{assignment.id}"
    opens = entry.leads_to("evaluator_home")
    letters.to(db, assignment.rater, template, context, opens=opens, dedupe=key)


def remind(database: Database) -> int:
    """Queue a reminder of every marking that is due in two days; return how many.

    Once each; not of what was asked for after that.
    """
    with database.transaction() as db:
        soon = clock.now() + REMINDED
        rows = db.scalars(
            select(Assignment)
            .where(
                *to_do(),
                Assignment.due_at <= soon,
                Assignment.due_at > clock.now(),
            )
            .options(joinedload(Assignment.rater))
            .order_by(Assignment.id)
        ).all()
        due = {
            f"rating_reminder:{row.id}": row
            for row in rows
            if row.due_at and row.assigned_at <= row.due_at - REMINDED
        }
        known = outbox.known(db, list(due))
        fresh = [row for key, row in due.items() if key not in known]
        for row in fresh:
            _write(db, "rating_reminder", row)
        return len(fresh)
