"""The grids that orals are marked with: the published ones, and which certification takes which."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Certification
from evaluator_app.desks.coordinator.downloads import download
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.words import _, say
from kernel.errors import Refused
from kernel.permissions import Permission
from results import grids as choosing
from results import policies
from rubrics import publishing
from rubrics.models import Rubric


@needs(Permission.PUBLISH_GRID)
def grids() -> str:
    """List the published grids, and those that are being written."""
    rows = publishing.GRIDS.versions(db())
    return render_template(
        "coordinator/grids.html",
        rows=rows,
        takers=choosing.taken_by(db()) if rows else {},
        drafts=publishing.DRAFTS.listed(db()),
    )


@needs(Permission.PUBLISH_GRID, load=by_id(Rubric, "grid_id"))
def grid_page(row: Rubric) -> str:
    """Show what each level of each criterion is, in both languages."""
    return render_template(
        "coordinator/grid.html",
        row=row,
        grid=publishing.read(row),
        takers=choosing.taken_by(db()).get(row.id, []),
    )


@needs(Permission.PUBLISH_GRID, load=by_id(Rubric, "grid_id"))
def grid_json(row: Rubric) -> Response:
    """Download a grid as JSON."""
    words = json.dumps(publishing.read(row).as_json(), ensure_ascii=False, indent=2)
    return download(words, "application/json", f"{row.name}.json")


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def certification_grid(certification: Certification) -> str:
    """Show the grid that a certification's orals are marked with, and the others."""
    policy = policies.read(policies.published(db(), certification.policy))
    taken = publishing.row_in_force(db(), certification.rubric_id)
    rows = publishing.GRIDS.versions(db())
    return render_template(
        "coordinator/certification_grid.html",
        certification=certification,
        taken=taken,
        newest=publishing.row_in_force(db(), None),
        rows=sorted(rows, key=lambda row: row != taken),
        fitting={row.id for row in rows if policies.fits(policy, publishing.read(row))},
    )


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def choose_grid(certification: Certification) -> ResponseReturnValue:
    """Mark the next orals of a certification with another grid."""
    name = request.form.get("name", "")[:100]
    try:
        choosing.choose(db(), actor(), certification, name)
    except Refused as error:
        flash(say(error), "person")
    else:
        flash(_("C'est noté : elle vaut pour les salles ouvertes à partir de maintenant."), "good")
    return redirect(url_for(".certification_grid", certification_id=certification.id))
