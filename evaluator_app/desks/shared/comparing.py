"""Two raters' sheets side by side, criterion by criterion, and the third that settled them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from evaluator_app.words import _, locale
from results import marks
from results.explanation import decimal, mark_word
from results.policy import Policy
from results.verdict import NeedsCoordinator, assess
from rubrics import queries
from rubrics.models import Mode, Note, RaterRole, Scoresheet
from rubrics.scale import NOT_ASSESSABLE, THIRDS_PER_LEVEL


@dataclass(frozen=True)
class Cell:
    """What one rater gave to a criterion, why there is no level, and what they noted."""

    word: str
    reason: str
    notes: list[Note]


@dataclass(frozen=True)
class Side:
    """One rater: in which role, from what they rated, the mean of their marks, loose remarks."""

    number: int
    role: RaterRole
    mode: Mode
    name: str
    mean: str
    level: str
    comment: str
    loose: list[Note]


@dataclass(frozen=True)
class Row:
    """A criterion: a cell a rater, how far the first two lie apart, and whether that is too far."""

    letter: str
    name: str
    cells: list[Cell]
    apart: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Two sheets or three; `means_apart`: of the first two."""

    sides: list[Side]
    rows: list[Row]
    means_apart: str
    means_differ: bool


def compare(
    policy: Policy, sheets: dict[RaterRole, Scoresheet], *, names: bool
) -> Comparison | None:
    """Compare the submitted sheets of an oral; None before two raters have submitted.

    `names`: say who they are.
    """
    order = [sheets[role] for role in RaterRole if role in sheets]
    if RaterRole.FIRST not in sheets or RaterRole.SECOND not in sheets:
        return None
    given = [marks.marks_of(sheet) for sheet in order]
    means = [_mean(policy, sheet) for sheet in given]
    between = _distance(means[0], means[1])
    rows = []
    for criterion in queries.grid_of(order[0]).criteria:
        first, second = given[0][criterion.key], given[1][criterion.key]
        blank = NOT_ASSESSABLE in (first, second)
        apart = None if blank else _distance(Fraction(first), Fraction(second))
        rows.append(
            Row(
                criterion.letter,
                criterion.name.say(locale()),
                [_cell(sheet, criterion.key) for sheet in order],
                _("%(thirds)s/3 de niveau", thirds=int(apart)) if apart else "",
                first != second if apart is None else apart > marks.CRITERIA_WITHIN,
            )
        )
    return Comparison(
        [_side(place, sheet, policy, names=names) for place, sheet in enumerate(order, start=1)],
        rows,
        decimal(between / THIRDS_PER_LEVEL, locale()) if between is not None else "",
        between is None or between > marks.MEANS_WITHIN,
    )


def _distance(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    return None if first is None or second is None else abs(first - second)


def _mean(policy: Policy, given: marks.Marks) -> Fraction | None:
    oral = assess(policy, given)
    return None if isinstance(oral, NeedsCoordinator) else oral.mean


def _cell(sheet: Scoresheet, criterion: str) -> Cell:
    mark = next((mark for mark in sheet.marks if mark.criterion == criterion), None)
    value = NOT_ASSESSABLE if mark is None or mark.thirds is None else mark.thirds
    notes = [note for note in queries.live_notes(sheet) if note.criterion == criterion]
    return Cell(mark_word(value, locale()), mark.reason if mark else "", notes)


def _side(number: int, sheet: Scoresheet, policy: Policy, *, names: bool) -> Side:
    oral = assess(policy, marks.marks_of(sheet))
    mean, level = "–", "–"
    if not isinstance(oral, NeedsCoordinator):
        mean = decimal(oral.mean / THIRDS_PER_LEVEL, locale())
        level = oral.level.label(locale())
    return Side(
        number=number,
        role=sheet.role,
        mode=sheet.assignment.mode,
        name=sheet.rater.name if names else "",
        mean=mean,
        level=level,
        comment=sheet.comment,
        loose=[note for note in queries.live_notes(sheet) if note.criterion is None],
    )
