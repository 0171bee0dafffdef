"""Sets of content as files: download one, send another, read what it would do, publish it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import Length

from evaluator_app.desks.coordinator.downloads import download
from evaluator_app.desks.shared.fields import strip
from evaluator_app.desks.shared.staged import or_back
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.form_base import Form
from evaluator_app.web.large_bodies import takes
from evaluator_app.words import _, _l, say
from evaluator_app.words.content_fields import told
from kernel import staging
from kernel.errors import Invalid, NotThere
from kernel.permissions import Permission
from kernel.staging import Staged
from kernel.tables.book_writing import MEDIA_TYPE
from rooms import content_books, content_files, content_sets
from rooms.content_files import Effect, Given
from rooms.models import ContentSet

KIND: Final = "contents"
AROUND: Final = 64 * 1024
"""Bytes of a form beside its file."""


class ContentForm(Form):
    """A file with a set of content."""

    file = FileField(
        _l("Fichier"),
        [FileRequired(_l("Choisissez un fichier."))],
        description=_l("Un classeur XLSX ou un fichier JSON, tel qu'un jeu publié se télécharge."),
    )
    name = StringField(
        _l("Nom du jeu"),
        [Length(max=60)],
        filters=[strip],
        description=_l("Avec sa version : « sante-1 ». Vide : celui que dit le fichier."),
    )


@dataclass(frozen=True)
class Waiting:
    """A file that waits to be published."""

    token: str


def _waiting(_session: Session, given: str) -> Waiting:
    return Waiting(given)


def _given_at(_waiting: Waiting) -> str:
    return url_for(".import_contents")


def _staged(waiting: Waiting) -> Staged:
    return staging.fetch(house().storage, actor(), KIND, waiting.token)


def _given(staged: Staged) -> Given:
    return content_files.read(staged.data, staged.said["name"])


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentSet, "content_id"))
def content_json(row: ContentSet) -> Response:
    """Download a set as JSON."""
    words = json.dumps(content_sets.read(row), ensure_ascii=False, indent=2)
    return download(words, "application/json", f"{row.name}.json")


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentSet, "content_id"))
def content_book(row: ContentSet) -> Response:
    """Download a set as a workbook."""
    return download(content_books.write(content_sets.read(row)), MEDIA_TYPE, f"{row.name}.xlsx")


@takes(content_files.MOST_BYTES + AROUND)
@needs(Permission.PUBLISH_CONTENT)
def import_contents() -> ResponseReturnValue:
    """Take a file, and lead to what publishing it would do."""
    form = ContentForm()
    faults: list[str] = []
    if form.validate_on_submit():
        data, said = form.file.data.read(), {"name": form.name.data}
        try:
            given = content_files.read(data, form.name.data)
        except Invalid as error:
            on_form(form, error)
        else:
            if given.content is not None:
                staged = Staged(0, form.file.data.filename or "", said, data)
                token = staging.keep(house().storage, actor(), KIND, staged)
                return redirect(url_for(".content_report", given=token))
            faults = [told(fault) for fault in given.faults]
    page = render_template("coordinator/content_import.html", form=form, faults=faults)
    return page, 422 if form.is_submitted() else 200


@needs(Permission.PUBLISH_CONTENT, load=_waiting)
@or_back(_given_at)
def content_report(waiting: Waiting) -> ResponseReturnValue:
    """Show what publishing a file would do; nothing has changed yet."""
    staged = _staged(waiting)
    content = _given(staged).content
    if content is None:
        raise NotThere
    report = content_files.examine(db(), actor(), content)
    effect = request.args.get("effect", "")
    shown = (effect,) if effect in set(Effect) else (Effect.NEW, Effect.CHANGED, Effect.GONE)
    return render_template(
        "coordinator/content_report.html",
        token=waiting.token,
        filename=staged.filename,
        report=report,
        row=content,
        why=say(report.obstacle) if report.obstacle else "",
        lines=[line for line in report.lines if line.effect in shown],
    )


@needs(Permission.PUBLISH_CONTENT, load=_waiting)
@or_back(_given_at)
def publish_contents(waiting: Waiting) -> ResponseReturnValue:
    """Publish a file that was looked at.

    It stays until it is purged: pressed twice, the same set is published once.
    """
    content = _given(_staged(waiting)).content
    if content is None:
        raise NotThere
    row = content_sets.publish(db(), actor(), content)
    flash(_("Le jeu « %(name)s » est publié.", name=row.name), "good")
    return redirect(url_for(".content_set", content_id=row.id))


@needs(Permission.PUBLISH_CONTENT, load=_waiting)
@or_back(_given_at)
def drop_contents(waiting: Waiting) -> ResponseReturnValue:
    """Forget a file that will not be published."""
    _staged(waiting)
    staging.drop(house().storage, waiting.token)
    flash(_("Le fichier est oublié ; rien n'a été publié."), "good")
    return redirect(url_for(".contents"))
