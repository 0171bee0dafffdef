"""The certifications on offer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from enrolment import catalogue, queries
from enrolment.models import Certification
from evaluator_app.desks.coordinator.forms import OfferForm
from evaluator_app.desks.coordinator.written_settings import settled
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _
from kernel.errors import VivaError
from kernel.permissions import Permission
from rooms import content_sets
from rubrics import publishing


@needs(Permission.MANAGE_CATALOGUE)
def certifications() -> str:
    """List the certifications on offer."""
    return render_template(
        "coordinator/certifications.html", certifications=queries.certifications(db())
    )


@needs(Permission.MANAGE_CATALOGUE)
def new_certification() -> ResponseReturnValue:
    """Put a certification on offer."""
    form = OfferForm()
    if form.validate_on_submit():
        try:
            catalogue.offer(db(), actor(), form.offer())
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("La certification est au catalogue."), "good")
            return redirect(url_for(".certifications"))
    return render_template("coordinator/certification.html", form=form, certification=None)


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def edit_certification(certification: Certification) -> ResponseReturnValue:
    """Change a certification."""
    form = OfferForm()
    if not form.is_submitted():
        form.fill(certification)
    if form.validate_on_submit():
        try:
            catalogue.revise(db(), actor(), certification, form.offer())
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("La certification est à jour."), "good")
            return redirect(url_for(".certifications"))
    return render_template(
        "coordinator/certification.html",
        form=form,
        certification=certification,
        settled=settled(db(), certification),
        content_set=content_sets.of(db(), certification),
        grid=publishing.row_in_force(db(), certification.rubric_id),
    )
