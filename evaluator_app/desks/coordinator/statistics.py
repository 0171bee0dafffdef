"""The certifier's figures: levels, success, time, disturbances, agreement; also as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Response, render_template, request
from flask_babel import LazyString, format_decimal, format_percent

from enrolment import queries
from evaluator_app.web.edge import actor, db, logged_viewing, needs
from evaluator_app.web.incoming import day, whole
from evaluator_app.words import _, _l, locale
from kernel import audit
from kernel.levels import Level
from kernel.permissions import Permission
from kernel.tables.writing import MEDIA_TYPE, Value, csv_text
from results import figures
from results.figures import Figures, Wanted

PARTS: Mapping[str, LazyString] = {
    "overall": _l("Niveau global"),
    "oral": _l("Oral"),
    "written": _l("Écrit"),
}


def _wanted() -> Wanted:
    return Wanted(
        certification_id=whole(request.args, "certification", 0) or None,
        since=day(request.args, "from"),
        until=day(request.args, "until"),
    )


def share(value: float | None) -> str:
    """Return a share in words; a dash where the group is too small."""
    return "–" if value is None else str(format_percent(value))


def days(value: float) -> str:
    """Return a number of days with one decimal."""
    return str(format_decimal(round(value, 1)))


@needs(Permission.SEE_STATISTICS)
def statistics() -> str:
    """Show the figures of the results that went out."""
    wanted = _wanted()
    given = figures.outcomes(db(), wanted, locale())
    return render_template(
        "coordinator/statistics.html",
        figures=figures.summary(given),
        groups=figures.by_certification(given) if wanted.certification_id is None else {},
        certs=[(row.id, row.name(locale())) for row in queries.certifications(db())],
        asked=request.args,
        parts=PARTS,
        least=figures.LEAST,
        levels=list(Level),
        share=share,
        days=days,
    )


@needs(Permission.SEE_STATISTICS)
def statistics_file() -> Response:
    """Give the figures of each certification as a table; that is logged."""
    given = figures.outcomes(db(), _wanted(), locale())
    groups = figures.by_certification(given)
    who = actor()
    with logged_viewing() as session:
        audit.record(session, who, "statistics.download", None)
    answer = Response(csv_text(_rows(groups)), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_("statistiques")}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _rows(groups: dict[str, Figures]) -> Iterator[tuple[Value, ...]]:
    yield (_("Certification"), _("Figure"), _("Niveau"), _("Valeur"))
    for name, shown in groups.items():
        yield (name, _("Résultats"), "", shown.count)
        if not shown.enough:
            continue
        for part, words in PARTS.items():
            for level, count in shown.levels[part].items():
                yield (name, str(words), level.label(locale()), count)
        for success in shown.successes:
            target = success.target.label(locale())
            yield (name, _("Objectif visé"), target, success.aimed)
            if success.share is not None:
                yield (name, _("Objectif atteint"), target, success.reached)
        yield from _shares(name, shown)


def _shares(name: str, shown: Figures) -> Iterator[tuple[Value, ...]]:
    waiting = shown.waiting
    shares: tuple[tuple[str, float | None], ...] = (
        (_("Part qui atteint son objectif"), shown.reached),
        (_("Part d'oraux avec un incident"), shown.disturbed),
        (_("Part d'oraux notés deux fois"), shown.twice_marked),
        (_("Part d'accord entre deux évaluateurs"), shown.agreed),
        (_("Jours de l'oral au résultat, médiane"), waiting.median if waiting else None),
        (_("Jours de l'oral au résultat, neuf sur dix"), waiting.ninety if waiting else None),
    )
    for words, value in shares:
        if value is not None:
            yield (name, words, "", round(value, 4))
