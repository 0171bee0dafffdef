"""Grids that are being written: begun from a published one or a file, looked at, published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from pydantic import ValidationError
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import Length

from evaluator_app.desks.coordinator.content_drafts import seen
from evaluator_app.desks.coordinator.content_writing import PREVIEW
from evaluator_app.desks.shared.fields import strip
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.form_base import Form
from evaluator_app.web.large_bodies import takes
from evaluator_app.words import _, _l, say
from evaluator_app.words.content_fields import told
from kernel import unfit
from kernel.errors import VivaError
from kernel.levels import Level
from kernel.permissions import Permission
from rubrics import drafting, publishing
from rubrics.library import DESCRIPTOR_MAX, Criterion, Grid
from rubrics.models import GridDraft, Rubric

AROUND: Final = 64 * 1024
"""Bytes of a form beside its file."""
LANGUAGES: Final = ("fr", "en")
MOST_SIGNS: Final = 1000


@dataclass(frozen=True)
class CriterionOfDraft:
    """A criterion of a draft, as it stands."""

    draft: GridDraft
    criterion: Criterion


class GridForm(Form):
    """A file with a grid."""

    file = FileField(
        _l("Fichier"),
        [FileRequired(_l("Choisissez un fichier."))],
        description=_l("Un fichier JSON, tel qu'une grille publiée se télécharge."),
    )
    name = StringField(
        _l("Nom de la grille"),
        [Length(max=60)],
        filters=[strip],
        description=_l("Avec sa version : « soins-1 ». Vide : celui que dit le fichier."),
    )


def _criterion(session: Session, grid_draft_id: int, criterion: str) -> CriterionOfDraft | None:
    draft = session.get(GridDraft, grid_draft_id)
    if draft is None or criterion not in publishing.read(draft).keys:
        return None
    return CriterionOfDraft(draft, publishing.read(draft).criterion(criterion))


@needs(Permission.PUBLISH_GRID, load=by_id(Rubric, "grid_id"))
def begin_grid(row: Rubric) -> ResponseReturnValue:
    """Begin a grid from a published one."""
    try:
        draft = drafting.begin(db(), actor(), row, request.form.get("name", "")[:60].strip())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".grid_page", grid_id=row.id))
    return redirect(url_for(".grid_draft", grid_draft_id=draft.id))


@takes(drafting.MOST_BYTES + AROUND)
@needs(Permission.PUBLISH_GRID)
def import_grid() -> ResponseReturnValue:
    """Begin a grid from a file."""
    form = GridForm()
    faults: list[str] = []
    if form.validate_on_submit():
        try:
            given = drafting.read_file(form.file.data.read(), form.name.data)
            if isinstance(given, Grid):
                draft = drafting.bring_in(db(), actor(), given)
                return redirect(url_for(".grid_draft", grid_draft_id=draft.id))
            faults = [told(fault) for fault in given]
        except VivaError as error:
            on_form(form, error)
    page = render_template("coordinator/grid_import.html", form=form, faults=faults)
    return page, 422 if form.is_submitted() else 200


@needs(Permission.PUBLISH_GRID, load=by_id(GridDraft, "grid_draft_id"))
def grid_draft(draft: GridDraft) -> str:
    """Show a draft as it stands, and lead to what can be changed in it."""
    return render_template("coordinator/grid_draft.html", draft=draft, grid=publishing.read(draft))


@needs(Permission.PUBLISH_GRID, load=_criterion)
def grid_criterion(of: CriterionOfDraft) -> ResponseReturnValue:
    """Rewrite a criterion: its names and what each level of it is."""
    given = of.criterion.model_dump(mode="json")
    faults: list[str] = []
    if request.method == "POST":
        given |= _read()
        if request.form.get("act") != PREVIEW:
            try:
                criterion = Criterion.model_validate(given)
                drafting.write_criterion(db(), actor(), of.draft, seen(), criterion)
            except ValidationError as error:
                faults = [told(fault) for fault in unfit.faults(error)]
            except VivaError as error:
                faults = [say(error)]
            else:
                flash(_("Le critère est enregistré dans le brouillon."), "good")
                back = url_for(".grid_draft", grid_draft_id=of.draft.id)
                return redirect(f"{back}#{criterion.key}")
            g.failed = True
    page = render_template(
        "coordinator/grid_criterion_form.html",
        draft=of.draft,
        given=given,
        faults=faults,
        levels=list(Level),
        most=DESCRIPTOR_MAX,
        seen=request.form.get("seen", of.draft.revision),
    )
    return page, 422 if faults else 200


def _read() -> dict[str, Any]:
    """Return what was sent of a criterion, one line a text wherever a field broke it."""

    def said(name: str) -> dict[str, str]:
        fields = {language: f"{name}-{language}" for language in LANGUAGES}
        return {
            language: " ".join(request.form.get(field, "")[:MOST_SIGNS].split(" ")).strip()
            for language, field in fields.items()
        }

    return {
        "name": said("name"),
        "covers": said("covers"),
        "bands": {level.value: said(f"band-{level.value}") for level in Level},
    }


@needs(Permission.PUBLISH_GRID, load=by_id(GridDraft, "grid_draft_id"))
def publish_grid(draft: GridDraft) -> ResponseReturnValue:
    """Publish a draft."""
    try:
        row = drafting.publish(db(), actor(), draft, seen())
        db().flush()
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".grid_draft", grid_draft_id=draft.id))
    flash(_("La grille « %(name)s » est publiée.", name=row.name), "good")
    return redirect(url_for(".grid_page", grid_id=row.id))


@needs(Permission.PUBLISH_GRID, load=by_id(GridDraft, "grid_draft_id"))
def discard_grid(draft: GridDraft) -> ResponseReturnValue:
    """Throw a draft away."""
    try:
        publishing.DRAFTS.discard(db(), actor(), draft, seen())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".grid_draft", grid_draft_id=draft.id))
    flash(_("Le brouillon est abandonné ; rien n'a été publié."), "good")
    return redirect(url_for(".grids"))
