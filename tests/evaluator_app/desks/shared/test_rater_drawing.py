"""Places of drawings on raters: on the axis, beyond it, a chart with its limits, the scale."""

from __future__ import annotations

from datetime import date

import pytest

from evaluator_app.desks.shared import rater_drawing
from evaluator_app.desks.shared.rater_drawing import HEIGHT, Whisker


@pytest.mark.parametrize(
    ("value", "low", "high", "drawn"),
    [
        (0.0, -1.0, 1.0, Whisker(50, 25, 75, beyond=False, clear=False)),
        (1.0, 0.5, 1.5, Whisker(75, 62.5, 87.5, beyond=False, clear=True)),
        (-1.0, -3.0, 1.0, Whisker(25, 0, 75, beyond=True, clear=False)),
        (-1.0, None, None, Whisker(25, 25, 25, beyond=False, clear=True)),
    ],
)
def test_a_value_and_its_interval_stand_on_the_axis(value, low, high, drawn):
    assert rater_drawing.whisker(value, low, high, 2.0) == drawn


def test_an_axis_reaches_its_farthest_value():
    assert rater_drawing.span([None, -3.0, 1.0], 2.0) == 3.0
    assert rater_drawing.span([], 2.0) == 2.0


def test_a_chart_marks_what_is_outside_its_limits():
    chart = {
        "centre": -1.0,
        "average": [-1.0, -1.0, -4.0],
        "low": [-2.0, -2.0, -2.0],
        "high": [0.0, 0.0, 0.0],
        "days": ["2026-09-01", "2026-09-02", "2026-09-09"],
    }
    lines = rater_drawing.lines(chart)
    assert [x for x, _y in lines.outside] == [100.0]
    assert (lines.first, lines.last) == (date(2026, 9, 1), date(2026, 9, 9))
    # From 0 down to -4 with a margin of 0.6 on both sides.
    assert lines.zero == pytest.approx(HEIGHT * 0.6 / 5.2, abs=0.01)
    assert lines.centre == pytest.approx(HEIGHT * 1.6 / 5.2, abs=0.01)


@pytest.mark.parametrize("chart", [{}, {"average": [1.0]}])
def test_without_two_points_there_is_no_chart(chart):
    assert rater_drawing.lines(chart) is None


def test_the_scale_has_a_bar_a_value_and_a_line_of_all():
    counts, usual = [0] * 17, [0] * 17
    counts[7], usual[7], usual[8] = 4, 1, 3
    bars = rater_drawing.bars(counts, usual)
    assert [(bar.value, bar.share, bar.usual) for bar in bars if bar.share or bar.usual] == [
        (9, 1.0, 0.25),
        (10, 0.0, 0.75),
    ]
    assert (bars[7].height, bars[8].usual_y) == (HEIGHT, HEIGHT / 4)
    assert {bar.usual for bar in rater_drawing.bars(counts, [])} == {0.0}
