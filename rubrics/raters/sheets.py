"""Submitted sheets as one table of marks, each beside what colleagues gave to the same oral."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from rubrics.library import grid
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mark,
    Mode,
    Performance,
    RaterRole,
    Scoresheet,
    SheetState,
)
from rubrics.raters.figures import Floats, Ints
from rubrics.raters.models import Comparison

COMPARISONS: Final = tuple(Comparison)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Submitted sheets that were written without sight of others, oldest first; n of them."""

    criteria: tuple[str, ...]
    performance: Ints  # (n,) ids
    rater: Ints  # (n,) ids
    language: NDArray[np.str_]  # (n,)
    comparison: Ints  # (n,) places in COMPARISONS
    submitted: NDArray[np.datetime64]  # (n,)
    marks: Floats  # (n, criteria), thirds; NaN: not assessable, or not of that grid
    panel: Floats  # the same shape: the mean of whom they are compared with; NaN: nobody

    def __len__(self) -> int:
        """Return how many sheets there are."""
        return self.rater.size

    @property
    def shared(self) -> NDArray[np.bool_]:
        """Tell of each sheet whether a colleague's marks stand beside it."""
        both = ~np.isnan(self.marks) & ~np.isnan(self.panel)
        return np.asarray(both.any(axis=1))

    @property
    def overall(self) -> tuple[Floats, Floats]:
        """Return of each sheet its mean and its panel's, over criteria that both marked."""
        hidden = np.isnan(self.marks) | np.isnan(self.panel)
        return _mean(self.marks, hidden), _mean(self.panel, hidden)


def comparison_of(mode: Mode, reason: AssignmentReason) -> Comparison:
    """Tell what the marks of somebody who was asked for `reason` are compared with."""
    if mode is Mode.LIVE:
        return Comparison.LIVE
    return Comparison.BENCHMARK if reason is AssignmentReason.CALIBRATION else Comparison.SECOND


def load(db: Session) -> Sheets:
    """Read every submitted sheet that can be compared.

    An adjudicator saw the others' marks; from the sound alone, marks are lower than from either.
    """
    rows = db.execute(
        select(
            *(Scoresheet.id, Scoresheet.performance_id, Scoresheet.rater_id),
            *(Performance.language, Assignment.mode, Assignment.reason, Scoresheet.submitted_at),
        )
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Performance, Performance.id == Scoresheet.performance_id)
        .where(_counted())
        .order_by(Scoresheet.submitted_at, Scoresheet.id)
    ).all()
    marks = db.execute(
        select(Mark.scoresheet_id, Mark.criterion, Mark.thirds)
        .join(Scoresheet, Scoresheet.id == Mark.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(_counted(), Mark.thirds.is_not(None))
    ).all()
    known = {criterion for _sheet, criterion, _thirds in marks}
    criteria = tuple(key for key in grid().keys if key in known)
    criteria += tuple(sorted(known - set(criteria)))
    places = {row.id: place for place, row in enumerate(rows)}
    columns = {criterion: place for place, criterion in enumerate(criteria)}
    table = np.full((len(rows), len(criteria)), np.nan)
    for sheet, criterion, thirds in marks:
        table[places[sheet], columns[criterion]] = thirds
    performance = np.array([row.performance_id for row in rows], dtype=np.int64)
    comparison = np.array(
        [COMPARISONS.index(comparison_of(row.mode, row.reason)) for row in rows], dtype=np.int64
    )
    return Sheets(
        criteria,
        performance,
        np.array([row.rater_id for row in rows], dtype=np.int64),
        np.array([row.language.value for row in rows], dtype=np.str_),
        comparison,
        np.array([_naive(row.submitted_at) for row in rows], dtype="datetime64[s]"),
        table,
        panel_of(performance, comparison, table),
    )


def panel_of(performance: Ints, comparison: Ints, marks: Floats) -> Floats:
    """Return beside each sheet the mean mark of those whom it is compared with.

    Live with those who marked the recording, these with whoever was live; a benchmark recording
    with the others who marked a recording. Shapes: (n,), (n,), (n, criteria) and back.
    """
    _ids, place = np.unique(performance, return_inverse=True)
    live = comparison == COMPARISONS.index(Comparison.LIVE)
    given, marked = np.nan_to_num(marks), (~np.isnan(marks)).astype(float)
    by_live, live_count = _totals(place[live], given[live], marked[live], place)
    by_recording, recording_count = _totals(place[~live], given[~live], marked[~live], place)
    beside = np.where(live[:, None], by_recording, by_live)
    count = np.where(live[:, None], recording_count, live_count)
    benchmark = comparison == COMPARISONS.index(Comparison.BENCHMARK)
    beside[benchmark] = (by_recording - given)[benchmark]
    count[benchmark] = (recording_count - marked)[benchmark]
    panel: Floats = np.where(count > 0, beside / np.maximum(count, 1), np.nan)
    return panel


def _totals(within: Ints, given: Floats, marked: Floats, place: Ints) -> tuple[Floats, Floats]:
    """Return the sum and the number of some sheets' marks of a performance, beside each sheet."""
    sums = np.zeros((int(place.max(initial=-1)) + 1, given.shape[1]))
    counts = sums.copy()
    np.add.at(sums, within, given)
    np.add.at(counts, within, marked)
    return sums[place], counts[place]


def _counted() -> ColumnElement[bool]:
    return and_(
        Scoresheet.state == SheetState.SUBMITTED,
        Scoresheet.role != RaterRole.ADJUDICATOR,
        Assignment.mode != Mode.SOUND,
        Assignment.withdrawn_at.is_(None),
    )


def _mean(table: Floats, hidden: NDArray[np.bool_]) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing in common: NaN, as it should be
        mean: Floats = np.nanmean(np.where(hidden, np.nan, table), axis=1)
    return mean


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None
