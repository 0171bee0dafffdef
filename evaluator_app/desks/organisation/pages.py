"""An organisation's candidates: who they are, where they stand, what they came to."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment import correcting, enrolling, extensions, queries
from enrolment.models import Candidacy
from evaluator_app.desks.organisation.forms import EnrolForm
from evaluator_app.desks.shared import history
from evaluator_app.desks.shared.change_forms import ExtensionForm, RefusalForm
from evaluator_app.desks.shared.document_links import document_url
from evaluator_app.desks.shared.identity_form import IdentityForm
from evaluator_app.desks.shared.listing import ASSESSED, asked_page, asked_stages
from evaluator_app.desks.shared.told import flash_told
from evaluator_app.web.edge import actor, db, for_role, house, needs, person
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _, locale
from kernel.errors import NotThere, VivaError
from kernel.permissions import Permission, Role
from people.models import Organisation
from results import printing
from results import queries as result_queries
from scheduling import queries as scheduling_queries


def candidacy(session: Session, candidacy_id: int) -> Candidacy | None:
    """Load one candidacy with what its page shows."""
    return queries.whole(session, candidacy_id)


def _own() -> Organisation:
    """Return the organisation of whoever is here. Raise NotThere: they have none."""
    organisation = person().organisation
    if organisation is None:
        raise NotThere
    return organisation


@for_role(Role.ORGANISATION)
def home() -> str:
    """Show the organisation's candidates."""
    organisation = _own()
    counts = queries.counts(db(), organisation.id)
    page = queries.listing(
        db(),
        organisation_id=organisation.id,
        stages=asked_stages(),
        search=request.args.get("q", "")[:80],
        number=asked_page(),
    )
    return render_template(
        "organisation/home.html",
        organisation=organisation,
        page=page,
        counts=counts,
        assessed=sum(counts[stage] for stage in ASSESSED),
        requests=extensions.open_of(db(), organisation.id),
        verdicts=result_queries.verdicts_of(db(), [row.id for row in page.rows]),
    )


@for_role(Role.ORGANISATION)
def enrol() -> ResponseReturnValue:
    """Enrol one candidate."""
    certifications = queries.certifications(db())
    form = EnrolForm()
    form.offer(certifications)
    if form.validate_on_submit():
        certification = next(c for c in certifications if c.id == form.certification.data)
        try:
            made = enrolling.enrol(
                db(),
                actor(),
                _own(),
                certification,
                form.wish(),
            )
        except VivaError as error:
            on_form(form, error)
        else:
            flash_told(
                _(
                    "%(name)s : l'inscription est faite. Le lien et les codes partent par e-mail.",
                    name=made.candidate.name,
                )
            )
            return redirect(url_for(".show", candidacy_id=made.id))
    return render_template("organisation/enrol.html", form=form, certifications=certifications)


@needs(Permission.SEE_CANDIDACY, load=candidacy)
def show(candidacy: Candidacy) -> ResponseReturnValue:
    """Show one candidate's way, results and documents."""
    if person().role is not Role.ORGANISATION:
        return redirect(url_for("coordinator.candidacy_page", candidacy_id=candidacy.id))
    verdict = result_queries.verdict_of(db(), candidacy.id)
    return render_template(
        "organisation/candidacy.html",
        candidacy=candidacy,
        appointments=scheduling_queries.of_candidacy(db(), candidacy.id),
        request_open=extensions.open_request(db(), candidacy),
        form=ExtensionForm.for_candidacy(db(), candidacy),
        refusal=RefusalForm(formdata=None),
        may_extend=candidacy.stage in extensions.EXTENDABLE,
        lines=history.lines(db(), candidacy, names=False),
        verdict=verdict,
        criteria=result_queries.profile(verdict, locale()) if verdict else [],
        documents=result_queries.opened_by(db(), actor(), verdict) if verdict else [],
        document_url=document_url,
        holes=printing.holes(candidacy),
    )


@needs(Permission.SEE_CANDIDACY, load=candidacy)
def identity(candidacy: Candidacy) -> ResponseReturnValue:
    """Correct the identity of a candidate."""
    form = IdentityForm()
    if not form.is_submitted():
        form.fill(candidacy.candidate)
    if form.validate_on_submit():
        try:
            changed = correcting.correct(db(), actor(), candidacy, form.identity())
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Identité corrigée.") if changed else _("Rien n'a changé."), "good")
            return redirect(url_for(".show", candidacy_id=candidacy.id))
    back = url_for(".show", candidacy_id=candidacy.id)
    crumbs = [(_("Candidats"), url_for(".home")), (candidacy.candidate.name, back)]
    return render_template("candidacy/identity.html", form=form, back=back, crumbs=crumbs)


@needs(Permission.WITHDRAW, load=candidacy)
def withdraw(candidacy: Candidacy) -> ResponseReturnValue:
    """Withdraw a candidacy, with a reason; its planned oral is cancelled."""
    reason = request.form.get("reason", "")[:500]
    enrolling.withdraw(db(), actor(), house().settings, candidacy, reason)
    flash(_("La candidature est retirée. Elle peut être rouverte par le certificateur."), "good")
    return redirect(url_for(".show", candidacy_id=candidacy.id))


@needs(Permission.SEE_CANDIDACY, load=candidacy)
def send_link(candidacy: Candidacy) -> ResponseReturnValue:
    """Send the candidate's link again."""
    enrolling.send_again(db(), actor(), candidacy)
    flash_told(_("Le lien repart par e-mail."))
    return redirect(url_for(".show", candidacy_id=candidacy.id))
