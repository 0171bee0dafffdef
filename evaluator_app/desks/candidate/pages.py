"""The pages of this desk."""

from __future__ import annotations

from flask import render_template

from evaluator_app.desks.candidate import bp
from evaluator_app.edge import for_role, person
from kernel.permissions import Role


@bp.get("/")
@for_role(Role.CANDIDATE)
def home() -> str:
    """Show where this person begins."""
    return render_template("candidate/home.html", person=person())
