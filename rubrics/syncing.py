"""Taking in what browsers changed: each operation once, in the server's order, nothing lost.

An operation replaces what its author saw. Where it meets something that its author had not seen,
a mark keeps both values until somebody chooses (`queries.rivals`), and a note becomes two notes.
A note that somebody removed and another one edited meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock
from kernel.errors import N_, Invalid, Refused, VivaError
from kernel.permissions import Actor, Permission, check
from rubrics import queries
from rubrics.changes import changed, lock
from rubrics.models import Kind, Mark, Note, Operation, Scoresheet, SheetState
from rubrics.operations import Wish, is_name, read_value

_Line = tuple[str, dict[str, Any]]  # an act and its data, for the log
_OF_NOTES = (Kind.NOTE, Kind.REMOVAL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation: kept (now or before), or refused for good."""

    id: str
    refusal: VivaError | None = None


def take(db: Session, actor: Actor, sheet: Scoresheet, wishes: Sequence[Wish]) -> list[Outcome]:
    """Apply each operation that the sheet does not have yet, in the order given.

    A refused one changes nothing and does not keep the others from being applied.

    Raises:
        Forbidden: the sheet is another rater's.
    """
    check(db, actor, Permission.MARK, sheet)
    lock(db, sheet)
    had = _had(db, sheet, wishes)
    standing = list(sheet.standing)
    outcomes = []
    for wish in wishes:
        refusal = None
        if wish.id not in had:
            try:
                row = _row(sheet, wish, had.get(wish.after))
                act, data = _WRITE[row.kind](sheet, row, standing)
            except (Invalid, Refused) as error:
                refusal = error
            else:
                db.add(row)
                changed(db, actor, sheet, act, **data)
                had[wish.id] = row
        outcomes.append(Outcome(wish.id, refusal))
    db.expire(sheet, ["standing"])
    return outcomes


def write(
    db: Session,
    actor: Actor,
    sheet: Scoresheet,
    kind: Kind,
    place: str,
    value: Mapping[str, object],
) -> None:
    """Write `value` over whatever stands in its place.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        Invalid: the value makes no sense there.
    """
    [outcome] = take(db, actor, sheet, [Wish(uuid4().hex, kind, place, value)])
    if outcome.refusal is not None:
        raise outcome.refusal


def _had(db: Session, sheet: Scoresheet, wishes: Sequence[Wish]) -> dict[str, Operation]:
    named = {name for wish in wishes for name in (wish.id, wish.after) if is_name(name)}
    rows = db.scalars(
        select(Operation).where(Operation.scoresheet_id == sheet.id, Operation.client_id.in_(named))
    )
    return {row.client_id: row for row in rows}


def _row(sheet: Scoresheet, wish: Wish, before: Operation | None) -> Operation:
    if sheet.state is not SheetState.DRAFT:
        raise Refused(
            N_("Cette grille est soumise. Pour la corriger, adressez-vous au coordinateur.")
        )
    value = read_value(wish, queries.grid_of(sheet).keys)
    # Edited again before the server told of the first edit: the note to which that one came.
    place = before.place if wish.kind in _OF_NOTES and before is not None else wish.place
    return Operation(
        scoresheet_id=sheet.id,
        client_id=wish.id,
        seq=sheet.revision + 1,
        kind=wish.kind,
        place=place,
        value=value,
        base=wish.base,
        after=wish.after,
        stands=wish.kind is not Kind.REMOVAL,
        made_at=wish.made_at,
        received_at=clock.now(),
    )


def _replace(row: Operation, standing: list[Operation], kind: Kind) -> list[Operation]:
    """Let `row` take the place of what its author saw; return what stands there unseen."""
    cell = [
        operation
        for operation in standing
        if operation.kind is kind and operation.place == row.place
    ]
    for operation in cell:
        operation.stands = operation.seq > row.base and operation.client_id != row.after
        if not operation.stands:
            standing.remove(operation)
    return [operation for operation in cell if operation.stands]


def _write_mark(sheet: Scoresheet, row: Operation, standing: list[Operation]) -> _Line:
    _replace(row, standing, row.kind)
    standing.append(row)
    mark = next((mark for mark in sheet.marks if mark.criterion == row.place), None)
    if mark is None:
        mark = Mark(criterion=row.place, not_assessable=False, reason="", nothing_to_add=False)
        sheet.marks.append(mark)
    for name, value in row.value.items():
        setattr(mark, name, value)
    mark.updated_at = row.received_at
    told = {name: value for name, value in row.value.items() if name != "reason"}
    return "scoresheet.mark", {"criterion": row.place, **told}


def _write_note(sheet: Scoresheet, row: Operation, standing: list[Operation]) -> _Line:
    unseen = _replace(row, standing, Kind.NOTE)
    note = _find(sheet, row.place)
    if any(operation.value != row.value for operation in unseen):
        # Edited on two devices that did not know of each other: both are kept, as two notes.
        _show(note, unseen[-1].value)
        row.place, note = row.client_id, _find(sheet, row.client_id)
    standing.append(row)
    if note is not None:
        _show(note, row.value)
        return "scoresheet.note_edit", {"note": note.id, "criterion": note.criterion}
    note = Note(client_id=row.place, created_at=row.received_at, **row.value)
    sheet.notes.append(note)
    return "scoresheet.note", {"criterion": note.criterion, "part": note.part}


def _remove_note(sheet: Scoresheet, row: Operation, standing: list[Operation]) -> _Line:
    note = _find(sheet, row.place)
    if note is None:
        raise Invalid(N_("Cette remarque n'existe plus."), "place")
    unseen = _replace(row, standing, Kind.NOTE)
    if unseen:
        _show(note, unseen[-1].value)
        return "scoresheet.note_edit", {"note": note.id, "criterion": note.criterion}
    note.removed_at = note.removed_at or row.received_at
    return "scoresheet.note_remove", {"note": note.id}


def _find(sheet: Scoresheet, client_id: str) -> Note | None:
    return next((note for note in sheet.notes if note.client_id == client_id), None)


def _show(note: Note | None, value: dict[str, Any]) -> None:
    if note is not None:
        for name, part in value.items():
            setattr(note, name, part)
        note.removed_at = None


_WRITE: dict[Kind, Callable[[Scoresheet, Operation, list[Operation]], _Line]] = {
    Kind.LEVEL: _write_mark,
    Kind.NOTHING: _write_mark,
    Kind.NOTE: _write_note,
    Kind.REMOVAL: _remove_note,
}
