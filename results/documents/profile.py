"""The profile of the oral: a line a criterion on the scale of the six levels."""

from __future__ import annotations

from kernel.i18n import Locale
from kernel.levels import LEVELS, Level
from results.documents.data import Criterion
from results.documents.drawing import ACCENT, HAIR, INK, QUIET, rule
from results.documents.fonts import Face
from results.documents.lettering import Canvas
from results.documents.typeset import Style, fit, put, put_centred, put_right
from results.documents.words import D_, say

NOT_ASSESSABLE = D_("Non évaluable")
NAME = Style(Face.SANS, 10, INK)
VALUE = Style(Face.SANS_STRONG, 10, INK)
ABSENT = Style(Face.SANS, 8.5, QUIET)
HEAD = Style(Face.SANS_MEDIUM, 7.5, QUIET)
ROW = 22.5
NAMES_SHARE = 0.34
DOT = 2.1


def height(criteria: tuple[Criterion, ...]) -> float:
    """Return how much room the profile takes downward, in points."""
    return 8 + ROW * len(criteria)


def draw(
    canvas: Canvas, x: float, y: float, room: float, criteria: tuple[Criterion, ...], locale: str
) -> float:
    """Draw the profile downward from `y` over `room` points; return where it ends."""
    left = x + room * NAMES_SHARE
    right = x + room - 72
    step = (right - left) / len(LEVELS)
    for level in LEVELS:
        put_centred(canvas, left + step * level.rank, y, level.value, HEAD)
    y -= 8
    rule(canvas, x, y, x + room, HAIR)
    for criterion in criteria:
        baseline = y - ROW / 2 - 3.4
        style, [name, *_] = fit(criterion.name, NAME, left - x - 12)
        put(canvas, x, baseline, name, style)
        _track(canvas, left, y - ROW / 2, step, criterion.level)
        if criterion.level is None:
            put_right(canvas, x + room, baseline + 0.4, say(locale, NOT_ASSESSABLE), ABSENT)
        else:
            word = _short(criterion.level, locale)
            style, [word, *_] = fit(word, VALUE, 58)
            put_right(canvas, x + room, baseline, word, style)
        y -= ROW
        rule(canvas, x, y, x + room, HAIR)
    return y


def _short(level: Level, locale: str) -> str:
    if level is not Level.BELOW:
        return level.value
    return "< A1" if locale == Locale.FR else "Below A1"


def _track(canvas: Canvas, x: float, y: float, step: float, level: Level | None) -> None:
    canvas.setLineWidth(1.1)
    canvas.setLineCap(1)
    canvas.setStrokeColor(HAIR)
    canvas.line(x, y, x + step * len(LEVELS), y)
    rank = 0 if level is None else level.rank
    if rank:
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(2.2)
        canvas.line(x, y, x + step * rank, y)
    for mark in LEVELS:
        canvas.setFillColor(ACCENT if mark.rank <= rank else HAIR)
        radius = DOT * 1.75 if mark.rank == rank else DOT * 0.85
        canvas.circle(x + step * mark.rank, y, radius, stroke=0, fill=1)
