"""Two raters of an oral side by side, and whoever settled between them: read, never changed."""

from __future__ import annotations

from flask import render_template

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator import evidence, rating
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.desks.coordinator.copies import recorded_of
from evaluator_app.desks.shared.comparing import compare
from evaluator_app.web.edge import db, needs
from kernel.errors import NotThere
from kernel.permissions import Permission
from results import marks, policies


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def comparison(candidacy: Candidacy) -> str:
    """Show the sheets of both raters, and the third's where there is one."""
    sheets = marks.sheets_of(db(), candidacy.id).by_role
    compared = compare(policies.of(db(), candidacy), sheets, names=True)
    if compared is None:
        raise NotThere
    return render_template(
        "coordinator/comparison.html",
        candidacy=candidacy,
        compared=compared,
        rating=rating.of(candidacy),
        played=evidence.played(recorded_of(candidacy), evidence.sheets(candidacy, None)),
    )
