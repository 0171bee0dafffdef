"""The evaluator's own equipment test: the same four tiles as the candidate's."""

from __future__ import annotations

from flask import render_template, url_for

from evaluator_app.desks.shared.equipment import equipment_page
from evaluator_app.web.edge import for_role, person
from kernel.permissions import Role


@for_role(Role.EVALUATOR)
def equipment() -> str:
    """Show the four tiles."""
    page = equipment_page(person(), url_for(".equipment"))
    return render_template("candidate/equipment.html", **page)
