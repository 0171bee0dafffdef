"""All figures of a study, from a table of sheets; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rubrics.raters import agreement, profiles, rasch, reliability, severity
from rubrics.raters.figures import Figure, Floats
from rubrics.raters.models import Comparison, Period
from rubrics.raters.sheets import COMPARISONS, Sheets

DAYS: Final = {Period.QUARTER: 91, Period.YEAR: 365}
POINTS: Final = 120
"""The newest points of a chart that are kept."""
NEAR: Final = 1
"""Thirds apart that are still the next value of the scale."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one rater (None: all) in one language, comparison and period."""

    rater: int | None
    language: str
    comparison: Comparison
    period: Period
    pairs: int
    sheets: int
    overall: dict[str, Any]
    criteria: dict[str, Any]
    profile: dict[str, Any]
    chart: dict[str, Any]


def rows(
    sheets: Sheets, now: np.datetime64, progress: Callable[[float], object] = lambda _share: None
) -> Iterator[Row]:
    """Give the figures of every rater and of all, wherever there is a sheet to be compared."""
    own, panel = sheets.overall
    beside = sheets.shared
    groups = list(_groups(sheets, now))
    for number, (rater, language, comparison, period, chosen) in enumerate(groups):
        progress(number / len(groups))
        shared = chosen[beside[chosen]]
        if not shared.size:
            continue
        yield Row(
            rater,
            language,
            comparison,
            period,
            pairs=int(shared.size),
            sheets=int(chosen.size),
            overall=compared(own[shared], panel[shared]),
            criteria={
                criterion: compared(sheets.marks[shared, place], sheets.panel[shared, place])
                for place, criterion in enumerate(sheets.criteria)
            },
            profile=_profile(sheets.marks[chosen]),
            chart={} if rater is None else _chart(own[shared] - panel[shared], sheets, shared),
        )


def _groups(
    sheets: Sheets, now: np.datetime64
) -> Iterator[tuple[int | None, str, Comparison, Period, NDArray[np.intp]]]:
    for language in np.unique(sheets.language):
        for place, comparison in enumerate(COMPARISONS):
            inside = np.flatnonzero((sheets.language == language) & (sheets.comparison == place))
            raters: list[int | None] = [None, *np.unique(sheets.rater[inside]).tolist()]
            for rater in raters if inside.size else ():
                own = inside if rater is None else inside[sheets.rater[inside] == rater]
                for period in Period:
                    yield rater, str(language), comparison, period, _since(sheets, own, period, now)


def _since(
    sheets: Sheets, chosen: NDArray[np.intp], period: Period, now: np.datetime64
) -> NDArray[np.intp]:
    days = DAYS.get(period)
    if days is None:
        return chosen
    return chosen[sheets.submitted[chosen] >= now - np.timedelta64(days, "D")]


def compared(own: Floats, panel: Floats) -> dict[str, Any]:
    """Return agreement, kappa, ICC and deviation of marks of shape (n,) with their panel's.

    Where several colleagues marked, agreement is with their mean, rounded half up to the scale.
    """
    both = ~(np.isnan(own) | np.isnan(panel))
    own, panel = own[both], panel[both]
    mine, theirs = np.floor(own + 0.5), np.floor(panel + 0.5)
    figures: dict[str, Figure] = {
        "exact": agreement.exact(mine, theirs),
        "near": agreement.within(mine, theirs, NEAR),
        "kappa": agreement.weighted_kappa(mine, theirs),
        "icc": reliability.icc(np.stack([own, panel], axis=1)),
        "deviation": severity.deviation(own, panel),
    }
    return {name: asdict(figure) for name, figure in figures.items()}


def _profile(marks: Floats) -> dict[str, Any]:
    halo, use = profiles.halo(marks), profiles.use_of_scale(marks)
    return {
        "flat": asdict(halo.flat),
        "correlation": asdict(halo.correlation),
        "counts": use.counts.tolist(),
        "used": use.used,
        "spread": use.spread,
    }


def _chart(deviations: Floats, sheets: Sheets, shared: NDArray[np.intp]) -> dict[str, Any]:
    chart = severity.drift(deviations)
    if chart is None:
        return {}
    days = sheets.submitted[shared][severity.BASELINE :].astype("datetime64[D]")
    return {
        "centre": chart.centre,
        "average": chart.average[-POINTS:].tolist(),
        "low": chart.low[-POINTS:].tolist(),
        "high": chart.high[-POINTS:].tolist(),
        "days": [str(day) for day in days[-POINTS:]],
        "side": chart.side,
    }


@dataclass(frozen=True, slots=True)
class Severities:
    """The Rasch model of one language: raters in the order of `raters`, what it says of all."""

    raters: list[int]
    shared: list[int]
    estimate: rasch.Estimate | None  # None: too little to estimate from


def severities(
    sheets: Sheets,
    language: str,
    now: np.datetime64,
    progress: Callable[[float], object] = lambda _share: None,
) -> Severities:
    """Estimate the severities of a language from a year's orals that more than one marked."""
    inside = np.flatnonzero(sheets.shared & (sheets.language == language))
    inside = _since(sheets, inside, Period.YEAR, now)
    raters, rater = np.unique(sheets.rater[inside], return_inverse=True)
    _ids, candidate = np.unique(sheets.performance[inside], return_inverse=True)
    marks = sheets.marks[inside]
    row, criterion = np.nonzero(~np.isnan(marks))
    recorded = (sheets.comparison[inside] != COMPARISONS.index(Comparison.LIVE)).astype(np.int64)
    ratings = rasch.Ratings(
        candidate[row],
        rater[row],
        criterion.astype(np.int64),
        recorded[row],
        marks[row, criterion].astype(np.int64),
    )
    shared = np.bincount(rater, minlength=raters.size).tolist()
    try:
        estimate = rasch.estimate(ratings, progress)
    except rasch.TooLittle:
        return Severities(raters.tolist(), shared, None)
    return Severities(raters.tolist(), shared, estimate)
