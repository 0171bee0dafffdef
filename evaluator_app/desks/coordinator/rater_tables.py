"""The figures on evaluators as tables that one takes along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from evaluator_app.desks.shared import rater_views
from evaluator_app.web.edge import db
from evaluator_app.words import _, locale
from kernel.tables.book_writing import Sheet
from kernel.tables.writing import Value
from people.languages import Language
from rubrics.library import grid
from rubrics.raters import queries
from rubrics.raters.models import Comparison, Period, RaterFigures, RaterStudy

FIGURES: Final = ("exact", "near", "kappa", "icc", "deviation")
DIGITS: Final = 3


def figures(
    study: RaterStudy | None, language: Language, period: Period, least: int
) -> Iterator[tuple[Value, ...]]:
    """Give a line an evaluator, mode and criterion; too few shared orals leave figures empty."""
    low, high = _("bas"), _("haut")
    yield (
        *(_("Évaluateur"), _("Langue"), _("Période"), _("Mode"), _("Critère")),
        *(_("Grilles soumises"), _("Oraux partagés")),
        *(_("Accord exact"), low, high, _("À un tiers de niveau"), low, high),
        *(_("Kappa pondéré"), low, high, _("ICC(2,1)"), low, high),
        *(_("Écart en tiers"), low, high, _("Profils plats")),
    )
    if study is None:
        return
    names = grid().names(locale())
    for comparison in Comparison:
        for row in queries.listing(db(), study, language, comparison, period, whole=True):
            for criterion, kept in ((None, row.overall), *grid().in_order(row.criteria)):
                yield (
                    row.rater.name if row.rater else _("Tous ensemble"),
                    language.label(locale()),
                    str(rater_views.PERIODS[period]),
                    str(rater_views.COMPARISONS[comparison]),
                    names.get(criterion, criterion) if criterion else _("Ensemble"),
                    *_cells(row, kept, least),
                )


def _cells(row: RaterFigures, kept: dict[str, Any], least: int) -> tuple[Value, ...]:
    if row.pairs < least:
        return (row.sheets, row.pairs, *[None] * (3 * len(FIGURES) + 1))
    ends = [kept[name][end] for name in FIGURES for end in ("value", "low", "high")]
    values = [*ends, row.profile["flat"]["value"]]
    rounded = [None if value is None else round(value, DIGITS) for value in values]
    return (row.sheets, row.pairs, *rounded)


def _severities(study: RaterStudy | None, language: Language, least: int) -> Iterator[list[str]]:
    yield [
        *(_("Évaluateur"), _("Groupe"), _("Oraux partagés"), _("Sévérité (logits)")),
        *(_("Erreur type"), _("Note attendue (tiers)"), _("Infit"), _("Outfit")),
    ]
    for row in queries.severities(db(), study, language) if study else []:
        values = [row.severity, row.error, row.fair, row.infit, row.outfit]
        shown = [value if row.shared >= least else None for value in values]
        group = "" if row.subset is None else str(row.subset + 1)
        yield [row.rater.name, group, str(row.shared), *map(_text, shown)]


def book(study: RaterStudy | None, language: Language, period: Period, least: int) -> list[Sheet]:
    """Return the sheets of the workbook: figures, severities."""
    lines = [[_text(cell) for cell in line] for line in figures(study, language, period, least)]
    return [
        Sheet(_("Accord"), [28, 12, 20, 34, 26, *[10] * 18], lines),
        Sheet(_("Sévérité"), [28, *[16] * 7], _severities(study, language, least)),
    ]


def _text(cell: Value) -> str:
    if isinstance(cell, float):
        written = f"{cell:.{DIGITS}f}"
        return written.replace(".", ",") if locale() == "fr" else written
    return "" if cell is None else str(cell)
