"""By which decision rule a certification decides: the published ones, and another for the next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Certification
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.words import _, locale, policies_in_words
from kernel.errors import Refused
from kernel.permissions import Permission
from results import policies
from results.models import PolicyRow
from rubrics import publishing
from rubrics.library import Grid


@dataclass(frozen=True, slots=True)
class Published:
    """A published rule as the page shows it."""

    row: PolicyRow
    sentences: list[str]
    fits: bool
    under_way: int


def published(certification: Certification, grid: Grid) -> list[Published]:
    """Return the rule in force, then the other published ones, the last first."""
    counts = policies.under_way(db(), certification)
    names = grid.names(locale())
    shown = []
    for row in policies.versions(db()):
        policy = policies.read(row)
        sentences = policies_in_words.describe(policy, names)
        fits = policies.fits(policy, grid)
        shown.append(Published(row, sentences, fits, counts.get(row.name, 0)))
    return sorted(shown, key=lambda rule: rule.row.name != certification.policy)


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def decision_rule(certification: Certification) -> str:
    """Show the rule in force and the others that are published."""
    rules = published(certification, publishing.in_force(db(), certification.rubric_id))
    return render_template(
        "coordinator/decision_rule.html",
        certification=certification,
        rules=rules,
        under_way=sum(rule.under_way for rule in rules),
    )


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def choose_rule(certification: Certification) -> ResponseReturnValue:
    """Decide by another rule, from the next enrolment on."""
    name = request.form.get("policy", "")[:100]
    try:
        policies.choose(db(), actor(), certification, name)
    except Refused as error:
        flash(_(error.message, **error.params), "person")
    else:
        flash(_("La règle « %(name)s » décidera les prochaines inscriptions.", name=name), "good")
    return redirect(url_for(".decision_rule", certification_id=certification.id))
