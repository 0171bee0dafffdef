"""The equipment test on a page of its own, as often as one wants; the oral's page holds it too."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared.equipment import equipment_page
from evaluator_app.web.edge import for_role, person, reach
from evaluator_app.words import _
from kernel.permissions import Role

MOST_DIGITS = 9


@for_role(Role.CANDIDATE, on_the_way=True)
def equipment() -> ResponseReturnValue:
    """Show the four tiles."""
    page = equipment_page(person(), url_for(".equipment"))
    return render_template("candidate/equipment.html", **page, next=_next())


def _next() -> dict[str, str]:
    """Return the way on: to the written test, when one of its steps led here, or back."""
    then = request.args.get("then", "")
    if then.isdecimal() and len(then) <= MOST_DIGITS:
        return {"label": _("Continuer"), "href": url_for(".written", candidacy_id=int(then))}
    if reach():  # who came by the personal link of an oral
        return {"label": _("Retour à mon entretien"), "href": url_for(".own_oral")}
    return {"label": _("Retour à mon parcours"), "href": url_for(".home")}
