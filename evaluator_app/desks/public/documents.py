"""Documents: opened by whoever they concern, verified by anybody who holds the code."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evaluator_app.web.edge import actor, db, house, logged_viewing, needs
from evaluator_app.words import _, locale
from kernel import audit
from kernel.errors import N_, Refused
from kernel.permissions import Permission, may
from results import kinds, queries, remaking, stating
from results.models import Document


def _load(session: Session, document_id: int, ending: str) -> Document | None:
    document = queries.document(session, document_id)
    return document if document and ending == kinds.of(document.kind).ending else None


@needs(Permission.SEE_DOCUMENT, load=_load)
def document(document: Document) -> ResponseReturnValue:
    """Give the file; who opened it stands in the log."""
    if document.storage_key is None:
        raise Refused(N_("Ce document est en préparation. Revenez dans une minute."))
    try:
        content = house().storage.bytes(document.storage_key)
    except remaking.LOST:
        return _lost(document)
    who = actor()
    with logged_viewing() as session:
        audit.record(
            session, who, "document.open", document, candidacy_id=document.verdict.candidacy_id
        )
    kind = kinds.of(document.kind)
    answer = Response(content, mimetype=kind.media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{kind.file_name(document)}"'
    return answer


def _lost(document: Document) -> ResponseReturnValue:
    """Say that the file is lost and what is kept; the coordinators find it among what waits."""
    with logged_viewing() as session:
        remaking.report(session, document.id)
    mends = may(db(), actor(), Permission.VALIDATE_RESULTS, document.verdict.candidacy)
    page = render_template("public/document_lost.html", document=document, mends=mends)
    return page, 503


def verify_form() -> ResponseReturnValue:
    """Ask for a code, or go to the page of the one that was typed."""
    code = request.args.get("code", "").strip()[:60]
    if code:
        return redirect(url_for("public.verify", code=code))
    return render_template("public/verify.html", document=None, code="")


def verify(code: str) -> ResponseReturnValue:
    """Tell anybody whether a document is genuine, and what it says."""
    document = queries.by_code(db(), code[:60])
    if document is None:
        signs = len(queries.letters_of(code[:60]))
        page = render_template(
            "public/verify.html",
            document=None,
            code=code[:60],
            signs=signs,
            is_cut=signs < queries.CODE_LENGTH,
            is_long=signs > queries.CODE_LENGTH,
        )
        return page, 404
    shown = kinds.of(document.kind).show(document.verdict)
    level = shown.level.label(locale())
    return render_template(
        "public/verify.html",
        document=document,
        label=_(shown.label),
        level_shown=level,
        title=_(shown.title, level=level),
        levels_shown=[(_(name), reached.label(locale())) for name, reached in shown.levels],
        apart=_(shown.apart) if shown.apart else "",
        stated=stating.stated(document),
        code=code[:60],
    )
