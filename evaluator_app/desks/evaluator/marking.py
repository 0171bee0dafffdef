"""An evaluator's own marks beside their colleagues', for themselves."""

from __future__ import annotations

from flask import render_template

from evaluator_app.desks.shared import rater_views
from evaluator_app.web.edge import db, house, needs, person
from kernel.permissions import Permission
from people.languages import Language
from rubrics.raters import queries, studies
from rubrics.raters.models import Period


@needs(Permission.SEE_OWN_MARKING, load=lambda _db: person())
def own_marking(_user: object) -> str:
    """Show how one's own marks compare, in words and drawings."""
    study, least = studies.latest_done(db()), house().settings.raters_least_pairs
    languages = queries.languages_of(db(), study, person().id) if study else []
    portraits = []
    language = rater_views.chosen("language", Language, (languages or [Language.EN])[0])
    period = rater_views.chosen("period", Period, Period.YEAR)
    if study is not None and language in languages:
        everybody = queries.of_all(db(), study, language, period)
        rows = queries.of_rater(db(), study, person().id, language, period)
        portraits = [
            rater_views.portrait(row, everybody.get(comparison), least)
            for comparison, row in rows.items()
        ]
    return render_template(
        "evaluator/marking.html",
        study=study,
        languages=rater_views.language_options(languages),
        asked={"language": language, "period": period},
        portraits=portraits,
        least=least,
        modes=rater_views.COMPARISONS,
        periods=rater_views.PERIODS,
    )
