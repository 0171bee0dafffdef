"""Whoever does not come: the evaluator's absence ended, the candidate's proved."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.words import _
from kernel.errors import NotThere
from kernel.permissions import Permission
from rooms import absence
from scheduling import appointments


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def free(candidacy: Candidacy) -> ResponseReturnValue:
    """Let the candidate book anew, since the evaluator does not come."""
    planned = appointments.current(db(), candidacy)
    if planned is None:
        raise NotThere
    reason = request.form.get("reason", "")[:300]
    absence.free(db(), actor(), house().settings, planned, reason)
    flash(_("Le candidat est prévenu : il choisit un nouveau rendez-vous, sans délai."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))
