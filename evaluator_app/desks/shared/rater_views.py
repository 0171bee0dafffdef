"""What pages on raters show alike: the choice of figures, words of modes, drawings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from flask import request
from flask_babel.speaklater import LazyString

from evaluator_app.desks.shared import rater_drawing
from evaluator_app.desks.shared.rater_drawing import Bar, Lines, Whisker
from evaluator_app.words import _l, locale
from people.languages import Language
from rubrics.library import grid
from rubrics.raters.models import Comparison, Period, RaterFigures, Side
from rubrics.raters.queries import drift_side

COMPARISONS: Final[dict[Comparison, LazyString]] = {
    Comparison.LIVE: _l("En direct, face à l'enregistrement"),
    Comparison.SECOND: _l("Sur enregistrement, face au direct"),
    Comparison.BENCHMARK: _l("Enregistrements de référence"),
}
PERIODS: Final[dict[Period, LazyString]] = {
    Period.QUARTER: _l("Trois derniers mois"),
    Period.YEAR: _l("Douze derniers mois"),
    Period.EVER: _l("Depuis le début"),
}
LEAST_SPAN: Final = 2.0
"""Thirds on each side of an axis of deviations."""
Choice = TypeVar("Choice", bound=StrEnum)


def chosen(name: str, kind: type[Choice], default: Choice) -> Choice:
    """Return what a filter of the address asks for; what it does not know is the default."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return default


def language_options(languages: list[Language]) -> list[tuple[str, str]]:
    """Return the languages of a study as a filter offers them."""
    return [(language.value, language.label(locale()).capitalize()) for language in languages]


@dataclass(frozen=True, slots=True)
class Compared:
    """One evaluator's figures in one mode: shown, or too few to be."""

    row: RaterFigures
    enough: bool
    whisker: Whisker | None
    side: Side | None


def compared(row: RaterFigures, least: int, span: float) -> Compared:
    """Return figures with their drawing; fewer than `least` shared orals show none."""
    if row.pairs < least:
        return Compared(row, enough=False, whisker=None, side=None)
    deviation = row.overall["deviation"]
    return Compared(
        row,
        enough=True,
        whisker=rater_drawing.whisker(
            deviation["value"], deviation["low"], deviation["high"], span
        ),
        side=drift_side(row),
    )


def span_of(rows: list[RaterFigures], least: int) -> float:
    """Return how far an axis goes so that the deviations of those shown stand on it."""
    shown = [row.overall["deviation"] for row in rows if row.pairs >= least]
    ends = [figure[end] for figure in shown for end in ("value", "low", "high")]
    return rater_drawing.span(ends, LEAST_SPAN)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One evaluator's figures of a criterion."""

    name: str
    figures: dict[str, Any]
    whisker: Whisker | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a page on one evaluator shows of one mode."""

    comparison: Comparison
    compared: Compared
    criteria: list[Criterion]
    chart: Lines | None
    bars: list[Bar]
    usual: dict[str, Any] | None  # the profile of all evaluators in that mode


def portrait(row: RaterFigures, everybody: RaterFigures | None, least: int) -> Portrait:
    """Return one comparison of one evaluator, every criterion on one axis."""
    figures = grid().in_order(row.criteria)
    every = [row.overall["deviation"], *(criterion["deviation"] for _key, criterion in figures)]
    ends = [figure[end] for figure in every for end in ("value", "low", "high")]
    span = rater_drawing.span(ends if row.pairs >= least else [], LEAST_SPAN)
    names = grid().names(locale())
    usual = everybody.profile if everybody and everybody.pairs >= least else None
    return Portrait(
        row.comparison,
        compared(row, least, span),
        [
            Criterion(names.get(key, key), criterion, _whisker(criterion["deviation"], span))
            for key, criterion in figures
        ],
        rater_drawing.lines(row.chart),
        rater_drawing.bars(row.profile["counts"], usual["counts"] if usual else []),
        usual,
    )


def _whisker(figure: dict[str, Any], span: float) -> Whisker | None:
    if figure["value"] is None:
        return None
    return rater_drawing.whisker(figure["value"], figure["low"], figure["high"], span)
