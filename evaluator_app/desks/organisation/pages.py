"""The pages of this desk."""

from __future__ import annotations

from flask import render_template

from evaluator_app.desks.organisation import bp
from evaluator_app.edge import for_role, person
from kernel.permissions import Role


@bp.get("/")
@for_role(Role.ORGANISATION)
def home() -> str:
    """Show where this person begins."""
    return render_template("organisation/home.html", person=person())
