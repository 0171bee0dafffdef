"""A file of results, step by step: sent, its columns named, examined, brought in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from evaluator_app.desks.coordinator.results_forms import (
    LETTERS,
    SIGNS,
    MappingForm,
    ReadingForm,
    UploadForm,
)
from evaluator_app.desks.coordinator.written_results import show_home
from evaluator_app.desks.shared.staged import or_back
from evaluator_app.web.edge import actor, db, house, needs, release
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.large_bodies import takes
from evaluator_app.words import _
from kernel import staging
from kernel.errors import Invalid, NotThere, VivaError
from kernel.permissions import Permission
from kernel.staging import Staged
from kernel.tables.table import MOST_BYTES, Table, text
from written_test.elsewhere import results_files
from written_test.elsewhere.results_files import SHOWN
from written_test.elsewhere.results_importing import Incoming, Report, bring_in, examine
from written_test.elsewhere.results_reading.mapping import Mapping, guess
from written_test.elsewhere.results_reading.opening import open_table
from written_test.elsewhere.results_reading.rows import rows
from written_test.models import ResultSource

FIRST_LINES = 5
READING = ("sheet", "header", "separator", "encoding")


@takes(MOST_BYTES + 1024 * 1024)
@needs(Permission.IMPORT_RESULTS)
def send_results() -> ResponseReturnValue:
    """Take a file; it waits, and nothing of it counts yet."""
    form = UploadForm()
    form.source.choices = [(row.id, row.name) for row in db().query(ResultSource)]
    if not form.validate_on_submit():
        return show_home(upload=form), 422
    given: FileStorage = form.file.data
    data = given.read(MOST_BYTES + 1)
    source = db().get_one(ResultSource, form.source.data)
    who = actor()
    release()  # reading a large file takes seconds, and nothing is decided yet
    try:
        open_table(data)
    except VivaError as error:
        on_form(form, error)
        return show_home(upload=form), error.status
    name = results_files.wait(house().storage, who, source, given.filename or "", data)
    return redirect(url_for(".map_results", waiting=name))


@dataclass(frozen=True)
class Opened:
    """The file that waits, as a table read as it was chosen, and its source."""

    waiting: str
    upload: Staged
    reading: ReadingForm
    table: Table
    source: ResultSource

    @property
    def choices(self) -> dict[str, object]:
        """Return what was chosen of how the file is read, for the addresses of its pages."""
        if self.reading.errors or self.reading.form_errors:
            return {}  # it was read otherwise
        return {name: value for name in READING if (value := request.args.get(name))}

    def require_sure(self) -> None:
        """Make sure that nothing is left open in how the file is read.

        Raises:
            Invalid: something is to be chosen first.
        """
        for doubt in self.table.doubts:
            raise Invalid(doubt.words, **doubt.params)


def _given_at(_waiting: str) -> str:
    return url_for(".written_results")


def _opened(waiting: str) -> Opened:
    upload = results_files.waiting(house().storage, actor(), waiting)
    release()
    reading = ReadingForm(request.args)
    try:
        table = open_table(upload.data, reading.chosen())
    except VivaError as error:
        if request.method != "GET":
            raise  # nothing is examined that was not shown
        table = open_table(upload.data)
        on_form(reading, error)
    reading.show(table)
    source = db().get(ResultSource, upload.about)
    if source is None:
        raise NotThere
    return Opened(waiting, upload, reading, table, source)


@needs(Permission.IMPORT_RESULTS)
@or_back(_given_at)
def map_results(waiting: str) -> ResponseReturnValue:
    """Show the first lines, and ask what each column is."""
    opened = _opened(waiting)
    columns = opened.table.columns
    form = MappingForm(formdata=None)
    form.offer(columns, guess(columns, Mapping.of(opened.source.mapping)))
    return _page(opened, form)


def _page(opened: Opened, form: MappingForm, report: Report | None = None) -> str:
    table = opened.table
    return render_template(
        "coordinator/results/mapping.html",
        waiting=opened.waiting,
        upload=opened.upload,
        table=table,
        reading=opened.reading,
        chosen=opened.choices,
        doubts=[_(doubt.words, **doubt.params) for doubt in table.doubts],
        signs=SIGNS,
        letters=LETTERS,
        above=[(n, " ".join(filter(None, map(text, line)))[:120]) for n, line in table.above],
        first=[(n, [text(c)[:60] for c in line]) for n, line in table.lines[:FIRST_LINES]],
        source=opened.source,
        form=form,
        report=report,
        counts=report.counts if report else {},
        levels=sorted(report.levels.items(), key=lambda pair: pair[0].rank) if report else [],
        refusals=[
            [refusal.place, refusal.reason, refusal.params] for refusal in report.refusals[:SHOWN]
        ]
        if report
        else [],
    )


@needs(Permission.IMPORT_RESULTS)
@or_back(_given_at)
def examine_results(waiting: str) -> ResponseReturnValue:
    """Say what the file would bring; nothing is changed."""
    opened = _opened(waiting)
    form = MappingForm()
    form.offer(opened.table.columns, Mapping())
    if not form.validate_on_submit():
        return _page(opened, form), 422
    try:
        opened.require_sure()
        mapping = form.mapping()
        mapping.check(opened.table.columns)
        who = actor()
        release()
        with house().database.session(read_only=True) as reading:
            known = reading.get_one(ResultSource, opened.source.id)
            report = examine(reading, who, known, rows(opened.table, mapping))
    except VivaError as error:
        on_form(form, error)
        return _page(opened, form), 422
    return _page(opened, form, report)


@needs(Permission.IMPORT_RESULTS)
@or_back(_given_at)
def bring_results_in(waiting: str) -> ResponseReturnValue:
    """Bring the file in, all or nothing, and remember its columns for its source."""
    opened = _opened(waiting)
    upload, table = opened.upload, opened.table
    form = MappingForm()
    form.offer(table.columns, Mapping())
    if not form.validate_on_submit():
        return _page(opened, form), 422
    incoming = Incoming(upload.filename, table.format, upload.data)
    try:
        opened.require_sure()
        mapping = form.mapping()
        mapping.check(table.columns)
        imported = bring_in(
            *(db(), actor(), house().storage, opened.source, incoming, rows(table, mapping)),
            mapping=mapping,
            reason=form.reason.data or "",
        )
    except VivaError as error:
        on_form(form, error)
        return _page(opened, form), 422
    staging.forget(db(), waiting)
    if imported.row is None:
        flash(_("Rien n'a changé : ce fichier était déjà importé."), "good")
        return redirect(url_for(".written_results"))
    flash(_("Le fichier est importé."), "good")
    return redirect(url_for(".result_import", brought_id=imported.row.id))


@needs(Permission.IMPORT_RESULTS)
@or_back(_given_at)
def forget_results(waiting: str) -> ResponseReturnValue:
    """Give a file up."""
    results_files.waiting(house().storage, actor(), waiting)
    staging.drop(house().storage, waiting)
    flash(_("Le fichier est supprimé : rien n'a été importé."), "good")
    return redirect(url_for(".written_results"))
