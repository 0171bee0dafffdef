"""Results of a candidacy: validate or withhold them, reopen the marks, make a document again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.web.edge import actor, db, for_role, house, needs
from evaluator_app.words import _
from kernel.errors import NotThere
from kernel.permissions import Permission, Role
from results import confirming, jury, marks, remaking
from results import queries as result_queries
from rubrics import marking


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def validate(candidacy: Candidacy) -> ResponseReturnValue:
    """Approve the results that were read: they leave once enough people did, after the hold."""
    digest = request.form.get("digest", "")[:100]
    if confirming.confirm(db(), actor(), house().settings, candidacy, digest) is None:
        flash(_("Validé par vous : une seconde personne doit le valider avant l'envoi."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id, _anchor="outcome"))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def take_back(candidacy: Candidacy) -> ResponseReturnValue:
    """Take back a confirmation before the results leave."""
    confirming.take_back(db(), actor(), candidacy)
    flash(_("Rien n'est parti : les résultats attendent de nouveau d'être validés."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def withhold(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep the results back, for a reason."""
    jury.withhold(db(), actor(), candidacy, request.form.get("reason", ""))
    flash(_("Ce résultat est retenu : il ne part pas tant que vous ne levez pas cela."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id, _anchor="outcome"))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def lift(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep the results back no more."""
    jury.lift(db(), actor(), candidacy)
    flash(_("Ce résultat n'est plus retenu : il attend d'être validé."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id, _anchor="outcome"))


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
