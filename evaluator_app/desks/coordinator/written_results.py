"""Results of tests taken elsewhere: their sources, what came in, what contradicts itself."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy as load_candidacy
from evaluator_app.desks.coordinator.results_forms import SourceForm, UploadForm
from evaluator_app.web.edge import actor, by_id, db, house, logged_viewing, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.incoming import whole
from evaluator_app.words import _
from kernel import audit
from kernel.errors import NotThere, VivaError
from kernel.permissions import Permission
from kernel.storage import NotStored
from kernel.tables.writing import MEDIA_TYPE, Value, csv_text
from written_test.elsewhere import choosing, results_files, results_queries, sources
from written_test.models import ResultImport, ResultSource, WrittenResult

source_of = by_id(ResultSource, "source_id")
import_of = by_id(ResultImport, "brought_id")


def show_home(source_form: SourceForm | None = None, upload: UploadForm | None = None) -> str:
    """Show sources, the way in for a file, past imports, conflicts."""
    known = results_queries.sources(db())
    upload = upload or UploadForm(formdata=None)
    upload.source.choices = [(source.id, source.name) for source in known if source.active]
    rows = results_queries.imports(db())
    return render_template(
        "coordinator/results/home.html",
        sources=known,
        source_form=source_form or SourceForm(formdata=None),
        upload=upload,
        imports=rows,
        names=results_queries.names(db(), [row.by_id for row in rows]),
        conflicts=results_queries.conflict_count(db()),
    )


@needs(Permission.IMPORT_RESULTS)
def written_results() -> str:
    """Show the page of results from elsewhere."""
    return show_home()


@needs(Permission.IMPORT_RESULTS)
def add_source() -> ResponseReturnValue:
    """Add a source."""
    form = SourceForm()
    if not form.validate_on_submit():
        return show_home(source_form=form), 422
    try:
        source = sources.create(db(), actor(), form.name.data)
    except VivaError as error:
        on_form(form, error)
        return show_home(source_form=form), 422
    flash(_("La source est ajoutée."), "good")
    return redirect(url_for(".result_source", source_id=source.id))


@needs(Permission.IMPORT_RESULTS, load=source_of)
def result_source(source: ResultSource) -> str:
    """Show one source: its token, its columns, what came from it."""
    return _source_page(source)


def _source_page(source: ResultSource, token: str = "") -> str:
    rows = results_queries.imports(db(), source.id)
    return render_template(
        "coordinator/results/source.html",
        source=source,
        token=token,
        imports=rows,
        names=results_queries.names(db(), [row.by_id for row in rows]),
        call=url_for("api.written_results", _external=False),
        base=house().settings.base_url,
    )


@needs(Permission.IMPORT_RESULTS, load=source_of)
def source_token(source: ResultSource) -> str:
    """Give the source a new token, shown this once."""
    token = sources.renew_token(db(), actor(), source)
    return _source_page(source, token)


@needs(Permission.IMPORT_RESULTS, load=source_of)
def source_token_off(source: ResultSource) -> ResponseReturnValue:
    """Let the source's token open nothing any more."""
    sources.revoke_token(db(), actor(), source)
    flash(_("Le jeton ne fonctionne plus."), "good")
    return redirect(url_for(".result_source", source_id=source.id))


@needs(Permission.IMPORT_RESULTS, load=source_of)
def source_switch(source: ResultSource) -> ResponseReturnValue:
    """Switch a source on or off, as the button that was pressed says."""
    active = request.form.get("active") == "1"
    sources.switch(db(), actor(), source, active=active)
    flash(_("La source est activée.") if active else _("La source est désactivée."), "good")
    return redirect(url_for(".result_source", source_id=source.id))


@needs(Permission.IMPORT_RESULTS, load=import_of)
def result_import(row: ResultImport) -> str:
    """Show what one import brought."""
    return render_template(
        "coordinator/results/import.html",
        row=row,
        counts=row.report.get("counts", {}),
        refusals=row.report.get("refusals", []),
        names=results_queries.names(db(), [row.by_id]),
    )


@needs(Permission.IMPORT_RESULTS, load=import_of)
def import_refusals(row: ResultImport) -> Response:
    """Give every refusal of an import as a table: file, line, reason."""
    refused = results_files.refusals(house().storage, row)
    return refusals_table(row.filename, refused, f"refus-{row.id}.csv")


def refusals_table(filename: str, refused: list[list[object]], name: str) -> Response:
    """Return refusals as a CSV that spreadsheets open."""
    lines: list[tuple[Value, ...]] = [(_("Fichier"), _("Ligne"), _("Motif"))]
    for place, reason, params in refused:
        words = _(str(reason), **(params if isinstance(params, dict) else {}))
        lines.append((filename, str(place), words))
    answer = Response(csv_text(lines), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs(Permission.IMPORT_RESULTS, load=import_of)
def import_file(row: ResultImport) -> Response:
    """Give the file as it came; that is logged."""
    try:
        content = house().storage.bytes(row.file_key) if row.file_key else None
    except NotStored:
        content = None
    if content is None:
        raise NotThere
    who = actor()
    with logged_viewing() as session:
        audit.record(session, who, "written_results.see_file", row)
    answer = Response(content, mimetype="application/octet-stream")
    ending = {"csv": "csv", "xlsx": "xlsx", "qti": "xml", "api": "json"}.get(row.format, "bin")
    answer.headers["Content-Disposition"] = f'attachment; filename="results-{row.id}.{ending}"'
    return answer


@needs(Permission.IMPORT_RESULTS)
def result_conflicts() -> str:
    """Show results that contradict each other, side by side."""
    return render_template(
        "coordinator/results/conflicts.html", conflicts=results_queries.conflicts(db())
    )


@needs(Permission.ENTER_WRITTEN_RESULT, load=load_candidacy)
def choose_written(candidacy: Candidacy) -> ResponseReturnValue:
    """Choose which of two results counts."""
    result = db().get(WrittenResult, whole(request.form, "result", 0))
    if result is None or result.candidacy_id != candidacy.id:
        raise NotThere
    choosing.choose(db(), actor(), candidacy, result, request.form.get("reason", "")[:300])
    flash(_("Le choix est enregistré : ce résultat compte."), "good")
    if results_queries.conflict_count(db()):
        return redirect(url_for(".result_conflicts"))
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))
