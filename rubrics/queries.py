"""What pages and policies read of scoresheets."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from rubrics.library import Grid, read_grid
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Kind,
    Note,
    Operation,
    Performance,
    RaterRole,
    Scoresheet,
    SheetState,
)


def grid_of(sheet: Scoresheet) -> Grid:
    """Return the version of the grid that `sheet` is marked with."""
    return read_grid(sheet.performance.rubric.content)


def latest(db: Session, assignment_id: int) -> Scoresheet | None:
    """Return the newest version of an assignment's sheet, with its marks, notes and grid."""
    return db.scalars(
        select(Scoresheet)
        .where(Scoresheet.assignment_id == assignment_id)
        .order_by(Scoresheet.version.desc())
        .limit(1)
        .options(*_whole())
    ).first()


def in_force(db: Session, performance_id: int) -> dict[RaterRole, Scoresheet]:
    """Return the submitted sheet of each role, of raters who are still asked to rate.

    A draft correction does not count yet. Calibration is nobody's mark.
    """
    sheets = db.scalars(
        select(Scoresheet)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(
            Scoresheet.performance_id == performance_id,
            Scoresheet.state == SheetState.SUBMITTED,
            *_asked(),
        )
        .order_by(Scoresheet.version)
        .options(*_whole(), joinedload(Scoresheet.rater))
    )
    return {sheet.role: sheet for sheet in sheets}


def awaited(db: Session, performance_id: int) -> frozenset[RaterRole]:
    """Return the roles whose rater has a sheet, or a correction of one, still to submit."""
    newest = (
        select(Scoresheet.state)
        .where(Scoresheet.assignment_id == Assignment.id)
        .order_by(Scoresheet.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    roles = db.scalars(
        select(Assignment.role).where(
            Assignment.performance_id == performance_id,
            *_asked(),
            func.coalesce(newest, SheetState.DRAFT) != SheetState.SUBMITTED,
        )
    )
    return frozenset(roles)


def _asked() -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.withdrawn_at.is_(None),
        Assignment.reason != AssignmentReason.CALIBRATION,
    )


def _whole() -> tuple[ORMOption, ...]:
    return (
        joinedload(Scoresheet.performance).joinedload(Performance.rubric),
        selectinload(Scoresheet.marks),
        selectinload(Scoresheet.notes),
    )


def versions(db: Session, performance_id: int) -> list[Scoresheet]:
    """Return every version of every rater's sheet of a performance, oldest first."""
    return list(
        db.scalars(
            select(Scoresheet)
            .where(Scoresheet.performance_id == performance_id)
            .order_by(Scoresheet.rater_id, Scoresheet.version)
            .options(
                joinedload(Scoresheet.rater),
                selectinload(Scoresheet.marks),
                selectinload(Scoresheet.notes),
            )
        )
    )


def states(db: Session, performance_ids: list[int], rater_id: int) -> dict[int, SheetState]:
    """Return the state of the rater's newest sheet of each performance that they still rate."""
    rows = db.execute(
        select(Scoresheet.performance_id, Scoresheet.state)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(
            Scoresheet.performance_id.in_(performance_ids),
            Scoresheet.rater_id == rater_id,
            Assignment.withdrawn_at.is_(None),
        )
        .order_by(Scoresheet.version)
    )
    return {row.performance_id: row.state for row in rows}


def live_notes(sheet: Scoresheet) -> list[Note]:
    """Return the notes that were not removed, in the order of the recording."""
    kept = [note for note in sheet.notes if note.removed_at is None]
    return sorted(kept, key=lambda note: (note.second is None, note.second or 0.0, note.id))


def rivals(sheet: Scoresheet) -> dict[str, dict[Kind, list[Operation]]]:
    """Return, by criterion and kind, the values between which somebody must choose, newest first.

    They were written on devices that did not know of each other, and differ.
    """
    cells: dict[tuple[str, Kind], list[Operation]] = {}
    for operation in reversed(sheet.standing):
        cell = cells.setdefault((operation.place, operation.kind), [])
        known = [other.value for other in cell]
        if operation.kind is not Kind.NOTE and operation.value not in known:
            cell.append(operation)
    opposed: dict[str, dict[Kind, list[Operation]]] = {}
    for (place, kind), cell in cells.items():
        if len(cell) > 1:
            opposed.setdefault(place, {})[kind] = cell
    return opposed
