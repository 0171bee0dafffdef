"""Importing questions: send a file, read what it would do, confirm, see what changed."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator.bank_forms import ImportForm
from evaluator_app.desks.shared.staged import or_back
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.incoming import whole
from evaluator_app.web.large_bodies import takes
from evaluator_app.words import _, say
from evaluator_app.words.vocabulary import EFFECTS
from kernel import staging
from kernel.permissions import Permission
from kernel.tables.writing import MEDIA_TYPE, Value, csv_text
from written_test.items import import_runs, importing, incoming
from written_test.items.importing import Effect, Line, Upload
from written_test.items.reading.entries import MOST_BYTES, Remark
from written_test.items.reading.pictures import TYPES
from written_test.models import Bank, ItemImport, ItemImportRun
from written_test.questions.showing import show
from written_test.questions.shuffling import preview
from written_test.questions.solving import solution

AROUND = 64 * 1024
"""Bytes of a form beside its file."""
PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """A file that waits to be confirmed, and the bank it is for."""

    bank: Bank
    token: str


def _waiting(session: Session, bank_id: int, token: str) -> Waiting | None:
    bank = session.get(Bank, bank_id)
    return Waiting(bank, token) if bank is not None else None


def _import(session: Session, bank_id: int, import_id: int) -> ItemImport | None:
    row = session.get(ItemImport, import_id)
    return row if row is not None and row.bank_id == bank_id else None


def _run(session: Session, bank_id: int, run_id: int) -> ItemImportRun | None:
    row = session.get(ItemImportRun, run_id)
    return row if row is not None and row.bank_id == bank_id else None


def said(remark: Remark) -> str:
    """Return a remark in the page's language."""
    params = dict(remark.params)
    if "what" in params:
        params["what"] = _(str(params["what"]))
    return _(remark.message, **params)


def _given_at(waiting: Waiting) -> str:
    return url_for(".import_items", bank_id=waiting.bank.id)


def _upload(waiting: Waiting) -> Upload:
    return incoming.fetch(house().storage, actor(), waiting.bank, waiting.token)


@takes(MOST_BYTES + AROUND)
@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def import_items(bank: Bank) -> ResponseReturnValue:
    """Take a file, and lead to what it would do."""
    form = ImportForm()
    form.offer()
    if form.validate_on_submit():
        token = incoming.keep(house().storage, actor(), bank, form.upload(bank))
        return redirect(url_for(".import_report", bank_id=bank.id, token=token))
    return render_template("coordinator/bank_import.html", form=form, bank=bank)


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def import_report(waiting: Waiting) -> ResponseReturnValue:
    """Show what a file would do; nothing has changed yet."""
    report = importing.examine(db(), actor(), waiting.bank, _upload(waiting))
    effect = request.args.get("effect", "")
    lines = [line for line in report.lines if effect in ("", line.effect)]
    number = min(whole(request.args, "page", 1, least=1), -(-len(lines) // PAGE) or 1)
    page = lines[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "coordinator/bank_import_report.html",
        bank=waiting.bank,
        token=waiting.token,
        report=report,
        lines=page,
        previews=[_preview(waiting.bank, place, line) for place, line in enumerate(page, 1)],
        total=len(lines),
        number=number,
        page_count=-(-len(lines) // PAGE) or 1,
        said=said,
    )


def _preview(bank: Bank, place: int, line: Line) -> Markup | None:
    """Return the question of a line as its candidate will see it, and what is right in it.

    Its pictures stand in the page itself: they are not kept before somebody confirms.
    """
    draft = line.draft
    if draft is None:
        return None
    drawn = render_template(
        "coordinator/_import_preview.html",
        view=show(draft.body, preview(draft.code, line.version)),
        solution=solution(draft.body),
        kind=draft.body.kind,
        language=bank.language,
        id=f"q{place}",
        sound=draft.audio.rpartition("/")[2],
    )
    for name, data in draft.pictures:
        kind = TYPES[name.rpartition(".")[2]]
        inline = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        drawn = drawn.replace(f'src="{name}"', f'src="{inline}"')
    return Markup(drawn)  # noqa: S704 -- what a template of ours has drawn


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def import_report_file(waiting: Waiting) -> ResponseReturnValue:
    """Download the report."""
    report = importing.examine(db(), actor(), waiting.bank, _upload(waiting))
    titles = (_("Fichier"), _("Ligne"), _("Code"), _("Effet"), _("Remarques"))
    table = csv_text([titles, *(_cells(line) for line in report.lines)])
    answer = Response(table, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return answer


def _cells(line: Line) -> list[Value]:
    remarks = " ".join(said(remark) for remark in line.remarks)
    return [line.file, line.line or "", line.code, str(EFFECTS[line.effect]), remarks]


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def confirm_import(waiting: Waiting) -> ResponseReturnValue:
    """Bring the questions in."""
    upload = _upload(waiting)
    # The file stays until it is purged: pressed twice, or after a failure, this finds it again.
    if importing.examine(db(), actor(), waiting.bank, upload).changes >= import_runs.LARGE:
        run = import_runs.ask(db(), actor(), waiting.bank, waiting.token, upload.filename)
        return redirect(url_for(".import_run", bank_id=waiting.bank.id, run_id=run.id))
    _report, row = importing.bring_in(db(), actor(), house().storage, waiting.bank, upload)
    if row is None:
        flash(_("Rien n'a changé : la banque avait déjà tout ce que ce fichier contient."), "good")
        return redirect(url_for(".bank_page", bank_id=waiting.bank.id))
    flash(_("Les questions sont dans la banque."), "good")
    return redirect(url_for(".import_done", bank_id=waiting.bank.id, import_id=row.id))


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def drop_import(waiting: Waiting) -> ResponseReturnValue:
    """Forget a file that will not be brought in."""
    _upload(waiting)
    staging.drop(house().storage, waiting.token)
    flash(_("Le fichier est supprimé ; la banque n'a pas changé."), "good")
    return redirect(url_for(".bank_page", bank_id=waiting.bank.id))


@needs(Permission.MANAGE_BANKS, load=_run)
def import_run(run: ItemImportRun) -> str:
    """Show how far a large import is, and what came of it."""
    failure = run.failure
    return render_template(
        "coordinator/bank_import_run.html",
        run=run,
        bank=run.bank,
        why=say(failure) if failure else "",
    )


@needs(Permission.MANAGE_BANKS, load=_run)
def cancel_import(run: ItemImportRun) -> ResponseReturnValue:
    """Stop a large import; one that has ended stays as it is."""
    import_runs.cancel(db(), actor(), run)
    return redirect(url_for(".import_run", bank_id=run.bank_id, run_id=run.id))


@needs(Permission.MANAGE_BANKS, load=_import)
def import_done(row: ItemImport) -> str:
    """Show what an import changed."""
    lines = [
        Line(
            line["file"],
            line["line"],
            line["code"],
            Effect(line["effect"]),
            tuple(Remark(remark["message"], remark["params"]) for remark in line["remarks"]),
            version=line["version"],
        )
        for line in row.report["lines"]
    ]
    number = min(whole(request.args, "page", 1, least=1), -(-len(lines) // PAGE) or 1)
    return render_template(
        "coordinator/bank_import_done.html",
        bank=db().get_one(Bank, row.bank_id),
        row=row,
        counts={Effect(effect): count for effect, count in row.report["counts"].items()},
        lines=lines[(number - 1) * PAGE : number * PAGE],
        total=len(lines),
        number=number,
        page_count=-(-len(lines) // PAGE) or 1,
        said=said,
    )
