"""How evaluators compare: the table and its files, one evaluator, figures made anew."""

from __future__ import annotations

from itertools import groupby

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.coordinator import rater_tables
from evaluator_app.desks.shared import rater_drawing, rater_views
from evaluator_app.desks.shared.rater_drawing import Whisker
from evaluator_app.web.edge import actor, by_id, db, house, logged_viewing, needs
from evaluator_app.words import _, say
from kernel import audit
from kernel.permissions import Permission, Role
from kernel.tables import book_writing
from kernel.tables.writing import MEDIA_TYPE, csv_text
from people.languages import Language
from people.models import User
from rubrics.raters import queries, studies
from rubrics.raters.models import Comparison, Period, RaterSeverity, RaterStudy

LEAST_LOGITS = 0.5


@needs(Permission.SEE_RATERS)
def raters_page() -> str:
    """Compare the evaluators of a language, in one mode and period."""
    study, least = studies.latest_done(db()), house().settings.raters_least_pairs
    run = studies.latest(db())
    failure = run.failure if run else None
    common = {
        "study": study,
        "run": run,
        "why": say(failure) if failure else None,
        "least": least,
        "modes": rater_views.COMPARISONS,
        "periods": rater_views.PERIODS,
    }
    languages = queries.languages(db(), study) if study else []
    if study is None or not languages:
        return render_template("coordinator/raters.html", languages=[], **common)
    language, comparison, period = _asked(languages)
    rows = queries.listing(db(), study, language, comparison, period)
    span = rater_views.span_of(rows, least)
    subsets = _subsets(study, language, least)
    return render_template(
        "coordinator/raters.html",
        languages=rater_views.language_options(languages),
        asked={"language": language, "mode": comparison, "period": period},
        rows=[rater_views.compared(row, least, span) for row in rows],
        subsets=subsets,
        shown=any(row.shared >= least for group in subsets for row, _drawn in group),
        summary=study.summary.get(language.value) or {},
        **common,
    )


def _asked(languages: list[Language]) -> tuple[Language, Comparison, Period]:
    language = rater_views.chosen("language", Language, languages[0])
    return (
        language if language in languages else languages[0],
        rater_views.chosen("mode", Comparison, Comparison.LIVE),
        rater_views.chosen("period", Period, Period.YEAR),
    )


def _subsets(
    study: RaterStudy, language: Language, least: int
) -> list[list[tuple[RaterSeverity, Whisker | None]]]:
    """Return the evaluators who can be compared with each other, group by group.

    Those of whom nothing is known come last; one with too few shared orals has no drawing.
    """
    rows = queries.severities(db(), study, language)
    ends = [
        abs(row.severity) + 1.96 * (row.error or 0.0)
        for row in rows
        if row.shared >= least and row.severity is not None
    ]
    span = rater_drawing.span(ends, LEAST_LOGITS)
    return [
        [(row, _whisker(row, span) if row.shared >= least else None) for row in group]
        for _subset, group in groupby(rows, key=lambda row: row.subset)
    ]


def _whisker(row: RaterSeverity, span: float) -> Whisker | None:
    if row.severity is None or row.error is None:
        return None
    half = 1.96 * row.error
    return rater_drawing.whisker(row.severity, row.severity - half, row.severity + half, span)


@needs(Permission.STUDY_RATERS)
def study_raters() -> ResponseReturnValue:
    """Ask for figures to be made anew."""
    studies.ask(db(), actor())
    flash(_("Le calcul est demandé ; les chiffres d'avant restent jusqu'à sa fin."), "good")
    return redirect(url_for(".raters_page"))


@needs(Permission.SEE_RATERS, load=by_id(User, "user_id"), of=lambda _user: None)
def rater_page(user: User) -> ResponseReturnValue:
    """Show one evaluator's figures, mode by mode."""
    study, least = studies.latest_done(db()), house().settings.raters_least_pairs
    languages = queries.languages_of(db(), study, user.id) if study else []
    portraits = []
    language, _comparison, period = _asked(languages or [Language.EN])
    if study is not None and languages:
        everybody = queries.of_all(db(), study, language, period)
        portraits = [
            rater_views.portrait(row, everybody.get(comparison), least)
            for comparison, row in queries.of_rater(db(), study, user.id, language, period).items()
        ]
    return render_template(
        "coordinator/rater.html",
        user=user,
        is_evaluator=user.role is Role.EVALUATOR,
        study=study,
        languages=rater_views.language_options(languages),
        asked={"language": language, "period": period},
        portraits=portraits,
        least=least,
        modes=rater_views.COMPARISONS,
        periods=rater_views.PERIODS,
    )


@needs(Permission.SEE_RATERS)
def raters_csv() -> Response:
    """Download every figure of a language and period, as French Excel opens it."""
    return _file(csv_text(rater_tables.figures(*_exported())).encode(), MEDIA_TYPE, "csv")


@needs(Permission.SEE_RATERS)
def raters_book() -> Response:
    """Download the same as a workbook, with the severities on a sheet of their own."""
    study, language, period, least = _exported()
    sheets = rater_tables.book(study, language, period, least)
    return _file(book_writing.workbook(sheets), book_writing.MEDIA_TYPE, "xlsx")


def _exported() -> tuple[RaterStudy | None, Language, Period, int]:
    study = studies.latest_done(db())
    languages = queries.languages(db(), study) if study else []
    language, _comparison, period = _asked(languages or [Language.EN])
    return study, language, period, house().settings.raters_least_pairs


def _file(data: bytes, kind: str, ending: str) -> Response:
    """Give a file of named people's figures; that is logged."""
    who = actor()
    with logged_viewing() as session:
        audit.record(session, who, "raters.download", None)
    answer = Response(data, mimetype=kind)
    name = f"{_('qualite-de-la-notation')}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
