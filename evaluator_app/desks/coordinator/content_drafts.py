"""Sets of content that are being written: begun from a published one, looked at, published."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, say
from kernel.errors import VivaError
from kernel.permissions import Permission
from rooms import content_drafts, content_files
from rooms.content_files import Effect
from rooms.models import ContentDraft, ContentSet


def seen() -> int:
    """Return the state of the draft that the form was made from."""
    return whole(request.form, "seen", -1)


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentSet, "content_id"))
def begin_draft(row: ContentSet) -> ResponseReturnValue:
    """Begin a set from a published one."""
    try:
        draft = content_drafts.begin(db(), actor(), row, request.form.get("name", "")[:60].strip())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".content_set", content_id=row.id))
    return redirect(url_for(".content_draft", draft_id=draft.id))


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentDraft, "draft_id"))
def content_draft(draft: ContentDraft) -> str:
    """Show what publishing a draft would do, and lead to what can be changed in it."""
    content = content_drafts.read(draft)
    report = content_files.examine(db(), actor(), content)
    return render_template(
        "coordinator/content_draft.html",
        draft=draft,
        row=content,
        report=report,
        why=say(report.obstacle) if report.obstacle else "",
        lines=[line for line in report.lines if line.effect is not Effect.GONE],
        gone=[line for line in report.lines if line.effect is Effect.GONE],
    )


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentDraft, "draft_id"))
def publish_draft(draft: ContentDraft) -> ResponseReturnValue:
    """Publish a draft."""
    try:
        row = content_drafts.publish(db(), actor(), draft, seen())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".content_draft", draft_id=draft.id))
    flash(_("Le jeu « %(name)s » est publié.", name=row.name), "good")
    return redirect(url_for(".content_set", content_id=row.id))


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentDraft, "draft_id"))
def discard_draft(draft: ContentDraft) -> ResponseReturnValue:
    """Throw a draft away."""
    try:
        content_drafts.DRAFTS.discard(db(), actor(), draft, seen())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".content_draft", draft_id=draft.id))
    flash(_("Le brouillon est abandonné ; rien n'a été publié."), "good")
    return redirect(url_for(".contents"))
