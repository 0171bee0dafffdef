"""What a verdict rests on, read before it is validated: the grid, its remarks, the recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.copies import Recorded
from evaluator_app.web.edge import db
from evaluator_app.words import locale
from results import marks
from results import queries as result_queries
from results.explanation import mark_word
from results.models import VerdictRow
from rubrics import queries as sheet_queries
from rubrics.library import Criterion
from rubrics.models import Mark, Note, Scoresheet
from rubrics.scale import NOT_ASSESSABLE


@dataclass(frozen=True)
class Line:
    """One criterion as it was marked: the level's word, why there is none, what was remarked."""

    letter: str
    name: str
    word: str
    reason: str
    nothing_to_add: bool
    notes: list[Note]


@dataclass(frozen=True)
class Sheet:
    """One rater's sheet: a line a criterion, and the remarks that are bound to none."""

    sheet: Scoresheet
    lines: list[Line]
    loose: list[Note]


def sheets(candidacy: Candidacy, verdict: VerdictRow | None) -> list[Sheet]:
    """Return the sheets that the verdict used, or those that count now, the first rater's first."""
    if verdict is not None:
        used = result_queries.sheets_of(db(), verdict)
    else:
        used = list(marks.sheets_of(db(), candidacy.id).by_role.values())
    return [_sheet(row) for row in used]


def played(recorded: Iterable[Recorded], shown: list[Sheet]) -> Recorded | None:
    """Return the recording of the oral that these sheets mark, where it can be played."""
    marked = {row.sheet.performance_id for row in shown}
    return next(
        (
            row
            for row in recorded
            if row.ready and not row.purged and row.interview.performance_id in marked
        ),
        None,
    )


def _sheet(sheet: Scoresheet) -> Sheet:
    grid = sheet_queries.grid_of(sheet)
    given = {mark.criterion: mark for mark in sheet.marks}
    notes = sheet_queries.live_notes(sheet)
    return Sheet(
        sheet,
        [_line(criterion, given.get(criterion.key), notes) for criterion in grid.criteria],
        [note for note in notes if note.criterion not in grid.keys],
    )


def _line(criterion: Criterion, mark: Mark | None, notes: list[Note]) -> Line:
    value = NOT_ASSESSABLE if mark is None or mark.thirds is None else mark.thirds
    return Line(
        criterion.letter,
        criterion.name.say(locale()),
        mark_word(value, locale()),
        mark.reason if mark else "",
        bool(mark and mark.nothing_to_add),
        [note for note in notes if note.criterion == criterion.key],
    )
