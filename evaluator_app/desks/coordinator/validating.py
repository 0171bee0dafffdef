"""Results of a candidacy: validate them, reopen the marks, make a lost document again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.web.edge import actor, db, for_role, house, needs
from evaluator_app.words import _
from kernel.errors import NotThere
from kernel.permissions import Permission, Role
from results import confirming, marks, remaking
from results import queries as result_queries
from rubrics import marking


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def validate(candidacy: Candidacy) -> ResponseReturnValue:
    """Confirm the results that were read: they are validated, and leave, once the hold is over."""
    digest = request.form.get("digest", "")[:100]
    confirming.confirm(db(), actor(), house().settings, candidacy, digest)
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id, _anchor="outcome"))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def take_back(candidacy: Candidacy) -> ResponseReturnValue:
    """Take back a confirmation before the results leave."""
    confirming.take_back(db(), actor(), candidacy)
    flash(_("Rien n'est parti : les résultats attendent de nouveau d'être validés."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@for_role(Role.COORDINATOR)
def remake(document_id: int) -> ResponseReturnValue:
    """Make a document again whose file is lost, from what it states."""
    document = result_queries.document(db(), document_id)
    if document is None:
        raise NotThere
    remaking.ask(db(), actor(), document)
    flash(
        _("Le document est refait d'après ce qu'il atteste ; il sera là dans une minute."), "good"
    )
    return redirect(url_for(".candidacy_page", candidacy_id=document.verdict.candidacy_id))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def reopen(candidacy: Candidacy) -> ResponseReturnValue:
    """Reopen the scoresheet: its evaluator corrects a new version, both are kept."""
    sheet = marks.sheets_of(db(), candidacy.id).first
    if sheet is None:
        raise NotThere
    marking.reopen(db(), actor(), sheet, request.form.get("reason", "")[:300])
    flash(
        _("La grille est rouverte : l'évaluateur la retrouve parmi ses entretiens à noter."), "good"
    )
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))
