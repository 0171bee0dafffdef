"""More time for a candidate, and force majeure: what an organisation decides about an oral.

Coordinators use the same pages for every organisation's candidates.
"""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from enrolment import extensions
from enrolment.models import Candidacy
from evaluator_app.desks.organisation.pages import candidacy
from evaluator_app.desks.shared.change_forms import (
    ExtensionForm,
    ForceMajeureForm,
    RefusalForm,
)
from evaluator_app.desks.shared.told import flash_told
from evaluator_app.web.edge import actor, db, house, logged_viewing, needs, person
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _
from kernel import audit
from kernel.errors import N_, NotThere, Refused, VivaError
from kernel.permissions import Permission, Role
from scheduling import appointments, changing, proofs
from scheduling.models import Appointment
from scheduling.proofs import Proof


def page_of(candidacy: Candidacy) -> str:
    """Return the address of a candidacy's page, on the desk of whoever is signed in."""
    if person().role is Role.COORDINATOR:
        return url_for("coordinator.candidacy_page", candidacy_id=candidacy.id)
    return url_for("organisation.show", candidacy_id=candidacy.id)


def _crumbs(candidacy: Candidacy) -> list[tuple[str, str]]:
    listed = (
        (_("Candidatures"), url_for("coordinator.candidacies"))
        if person().role is Role.COORDINATOR
        else (_("Candidats"), url_for("organisation.home"))
    )
    return [listed, (candidacy.candidate.name, page_of(candidacy))]


def _extension_page(
    candidacy: Candidacy, form: ExtensionForm, refusal: RefusalForm | None = None
) -> str:
    return render_template(
        "candidacy/extension.html",
        candidacy=candidacy,
        request_open=extensions.open_request(db(), candidacy),
        form=form,
        refusal=refusal or RefusalForm(formdata=None),
        back=page_of(candidacy),
        crumbs=_crumbs(candidacy),
    )


@needs(Permission.DECIDE_EXTENSION, load=candidacy)
def extension(candidacy: Candidacy) -> ResponseReturnValue:
    """Show the request that waits, or how to extend unasked."""
    if candidacy.stage not in extensions.EXTENDABLE:
        flash(_("Cette candidature n'attend plus d'oral : il n'y a rien à prolonger."), "wait")
        return redirect(page_of(candidacy))
    return _extension_page(candidacy, ExtensionForm.for_candidacy(db(), candidacy))


@needs(Permission.DECIDE_EXTENSION, load=candidacy)
def extend(candidacy: Candidacy) -> ResponseReturnValue:
    """Grant the request that waits, or extend unasked."""
    form = ExtensionForm()
    if not form.validate_on_submit():
        return _extension_page(candidacy, form), 422
    waiting, words = extensions.open_request(db(), candidacy), form.reason.data or ""
    try:
        if form.answers(waiting) and waiting is not None:
            extensions.grant(db(), actor(), waiting, form.moment(), words)
        else:
            extensions.extend(db(), actor(), candidacy, form.moment(), words)
    except VivaError as error:
        on_form(form, error)
        return _extension_page(candidacy, form), 422
    flash_told(_("La période d'accès est prolongée : le candidat l'apprend par e-mail."))
    return redirect(page_of(candidacy))


@needs(Permission.DECIDE_EXTENSION, load=candidacy)
def refuse_extension(candidacy: Candidacy) -> ResponseReturnValue:
    """Refuse the request that waits, with a reason."""
    form = RefusalForm()
    waiting = extensions.open_request(db(), candidacy)
    if waiting is None:
        raise Refused(N_("Cette demande a déjà reçu sa réponse."))
    try:
        extensions.refuse(db(), actor(), waiting, form.reason.data or "")
    except VivaError as error:
        on_form(form, error)
        fresh = ExtensionForm.for_candidacy(db(), candidacy)
        return _extension_page(candidacy, fresh, form), 422
    flash_told(_("La demande est refusée : le candidat reçoit votre motif par e-mail."))
    return redirect(page_of(candidacy))


@needs(Permission.CHANGE_LATE, load=candidacy)
def force_majeure(candidacy: Candidacy) -> ResponseReturnValue:
    """Free a candidate from their appointment, however late, with a reason and maybe a document."""
    planned = appointments.current(db(), candidacy)
    if planned is None:
        flash(_("Aucun rendez-vous n'est prévu : il n'y a rien à annuler."), "wait")
        return redirect(page_of(candidacy))
    form = ForceMajeureForm()
    if form.validate_on_submit():
        try:
            _free(planned, form)
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Le rendez-vous est annulé : le candidat peut en choisir un autre."), "good")
            return redirect(page_of(candidacy))
    page = render_template(
        "candidacy/force_majeure.html",
        candidacy=candidacy,
        planned=planned,
        form=form,
        months=house().settings.proof_months,
        back=page_of(candidacy),
        crumbs=_crumbs(candidacy),
    )
    return page, 422 if form.is_submitted() else 200


def _free(planned: Appointment, form: ForceMajeureForm) -> None:
    given: FileStorage | None = form.document.data
    data = given.read(proofs.MOST_BYTES + 1) if given else b""
    named = bool(given and given.filename)
    key = proofs.place_for(planned.candidacy, data) if data or named else ""
    changing.force_majeure(
        db(), actor(), house().settings, planned, form.reason.data or "", document_key=key
    )
    if key:
        house().storage.put(key, data)


@needs(Permission.SEE_PROOF, load=proofs.find)
def proof(proof: Proof) -> Response:
    """Give the document of a force majeure; who opened it stands in the log."""
    if not proof.change.document_key:
        raise NotThere(
            N_("Ce justificatif a été effacé au terme de sa durée de conservation. Le motif reste.")
        )
    content, who = house().storage.bytes(proof.change.document_key), actor()
    with logged_viewing() as session:
        audit.record(session, who, "proof.see", proof.change, candidacy_id=proof.candidacy.id)
    answer = Response(content, mimetype=proof.media_type)
    ending = proof.change.document_key.rpartition(".")[2]
    # Never shown within our own pages: what strangers made is opened by their own programs.
    answer.headers["Content-Disposition"] = f'attachment; filename="justificatif.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
