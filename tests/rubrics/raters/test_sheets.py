"""Which sheets are compared, and with whose."""

from __future__ import annotations

import numpy as np

from rubrics.models import AssignmentReason, Mode, RaterRole, SheetState
from rubrics.raters.models import Comparison
from rubrics.raters.sheets import COMPARISONS, load


def by_rater(sheets, rater) -> tuple[Comparison, list[float], list[float]]:
    place = int(np.flatnonzero(sheets.rater == rater.id)[0])
    return (
        COMPARISONS[sheets.comparison[place]],
        sheets.marks[place].tolist(),
        sheets.panel[place].tolist(),
    )


def test_live_marks_stand_beside_recorded_ones(db, make, twice):
    first, second = make.evaluator(), make.evaluator()
    twice(first, second, (9, 9, 9, 9, 9, 9), (10, 9, 8, 9, 12, 9))
    sheets = load(db)
    assert by_rater(sheets, first) == (Comparison.LIVE, [9.0] * 6, [10, 9, 8, 9, 12, 9])
    assert by_rater(sheets, second) == (Comparison.SECOND, [10, 9, 8, 9, 12, 9], [9.0] * 6)
    own, panel = sheets.overall
    assert sorted(zip(own, panel, strict=True)) == [(9.0, 9.5), (9.5, 9.0)]


def test_benchmark_marks_stand_beside_the_mean_of_the_others(db, make, benchmark):
    raters = [make.evaluator() for _ in range(3)]
    benchmark({raters[0]: (6,) * 6, raters[1]: (9,) * 6, raters[2]: (12,) * 6})
    panels = {by_rater(load(db), rater)[2][0] for rater in raters}
    assert panels == {7.5, 9.0, 10.5}
    assert {by_rater(load(db), rater)[0] for rater in raters} == {Comparison.BENCHMARK}


def test_what_is_not_assessable_is_compared_with_nothing(db, make, twice):
    first, second = make.evaluator(), make.evaluator()
    twice(first, second, (None, 9, 9, 9, 9, 9), (12, 12, 9, 9, 9, None))
    sheets = load(db)
    assert np.isnan(by_rater(sheets, first)[1][0])
    own, panel = sheets.overall
    # Four criteria that both marked: 36 and 39 thirds.
    assert sorted(zip(own, panel, strict=True)) == [(9.0, 9.75), (9.75, 9.0)]


def test_alone_in_draft_superseded_withdrawn_or_adjudicating_is_no_pair(db, make, marked):
    raters = [make.evaluator() for _ in range(5)]
    marks = (9,) * 6
    conducted = (raters[0], RaterRole.FIRST, AssignmentReason.CONDUCTS, marks)
    performance = marked(
        conducted,
        (raters[1], RaterRole.ADJUDICATOR, AssignmentReason.DISAGREEMENT, marks),
        (raters[2], RaterRole.SECOND, AssignmentReason.SAMPLE, marks),
    )
    sheet = next(s for s in performance.scoresheets if s.rater_id == raters[2].id)
    for state in (SheetState.DRAFT, SheetState.SUPERSEDED):
        sheet.state = state
        db.flush()
        sheets = load(db)
        assert (sheets.rater.tolist(), sheets.shared.tolist()) == ([raters[0].id], [False])
    sheet.state = SheetState.SUBMITTED
    db.flush()
    assert load(db).shared.tolist() == [True, True]


def test_marks_from_the_sound_alone_are_compared_with_nothing(db, make, twice):
    first, second = make.evaluator(), make.evaluator()
    performance = twice(first, second, (9,) * 6, (8,) * 6)
    assignment = next(a for a in performance.assignments if a.rater_id == second.id)
    assignment.mode = Mode.SOUND
    db.flush()
    assert load(db).shared.tolist() == [False]


def test_without_any_sheet_there_is_an_empty_table(db):
    assert (len(load(db)), load(db).shared.tolist()) == (0, [])
