"""Raters' figures as drawings: places in a view box, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rubrics.scale import LOWEST, Value

WIDTH: Final = 100.0
"""Of every view box; heights are the drawing's own."""
HEIGHT: Final = 40.0
CHART_MARGIN: Final = 0.15
BARS: Final = len(Value)


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value on an axis with the ends of its interval, in hundredths of the width."""

    at: float
    low: float
    high: float
    beyond: bool  # the interval goes on beyond the axis
    clear: bool  # the interval leaves the middle out


def whisker(value: float, low: float | None, high: float | None, span: float) -> Whisker:
    """Place a value and its interval on an axis from -`span` to `span`."""
    low, high = value if low is None else low, value if high is None else high

    def place(number: float) -> float:
        return round(WIDTH / 2 * (1 + max(-1.0, min(1.0, number / span))), 2)

    return Whisker(
        place(value), place(low), place(high), low < -span or high > span, low > 0 or high < 0
    )


def span(values: Sequence[float | None], least: float) -> float:
    """Return how far an axis goes from 0 so that `values` stand on it; at least `least`."""
    return max([least, *(abs(value) for value in values if value is not None)])


@dataclass(frozen=True, slots=True)
class Lines:
    """A control chart in a view box of `WIDTH` by `HEIGHT`: points of lines, the centre's height.

    `band` is the outline of what lies within the limits.
    """

    average: str
    band: str
    centre: float
    zero: float  # the height of 0: as colleagues do
    outside: list[tuple[float, float]]
    first: date
    last: date


def lines(chart: Mapping[str, Any]) -> Lines | None:
    """Draw a kept chart; None: there is none, or a single point."""
    average = chart.get("average", [])
    if len(average) < 2:
        return None
    low, high = chart["low"], chart["high"]
    bottom, top = min(0.0, *low, *average), max(0.0, *high, *average)
    margin = CHART_MARGIN * (top - bottom)
    bottom, top = bottom - margin, top + margin

    def y(value: float) -> float:
        return round(HEIGHT * float(top - value) / float(top - bottom), 2)

    xs = [round(WIDTH * place / (len(average) - 1), 2) for place in range(len(average))]
    over = [(x, y(value)) for x, value in zip(xs, high, strict=True)]
    under = [(x, y(value)) for x, value in zip(xs, low, strict=True)]
    points = [(x, y(value)) for x, value in zip(xs, average, strict=True)]
    return Lines(
        _points(points),
        _points([*over, *reversed(under)]),
        y(chart["centre"]),
        y(0.0),
        [
            point
            for point, value, least, most in zip(points, average, low, high, strict=True)
            if not least <= value <= most
        ],
        date.fromisoformat(chart["days"][0]),
        date.fromisoformat(chart["days"][-1]),
    )


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in pairs)


@dataclass(frozen=True, slots=True)
class Bar:
    """How often a value of the scale is given, beside how often all give it."""

    value: int  # thirds
    share: float
    usual: float
    x: float
    height: float
    usual_y: float


def bars(counts: Sequence[int], usual: Sequence[int]) -> list[Bar]:
    """Draw the use of the scale, one bar a value, with a line where all evaluators stand."""
    total, of_all = max(1, sum(counts)), max(1, sum(usual))
    shares = [count / total for count in counts]
    others = [count / of_all for count in usual] or [0.0] * len(shares)
    most = max([*shares, *others, 0.01])
    each = WIDTH / BARS
    return [
        Bar(
            LOWEST + place,
            share,
            other,
            round(each * place, 2),
            round(HEIGHT * share / most, 2),
            round(HEIGHT * (1 - other / most), 2),
        )
        for place, (share, other) in enumerate(zip(shares, others, strict=True))
    ]
