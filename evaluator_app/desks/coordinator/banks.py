"""Banks of questions: their list, what one holds, its answers for a new calibration."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.fields import Field
from evaluator_app.desks.coordinator.bank_forms import BankForm, filters_of
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, locale, say
from kernel.errors import Refused, VivaError
from kernel.levels import LEVELS
from kernel.permissions import Permission
from kernel.tables.writing import MEDIA_TYPE, csv_lines, data_lines
from people.languages import Language
from written_test.items import (
    bank_queries,
    banks,
    grounds,
    item_statistics,
    release_runs,
    releasing,
    responses,
)
from written_test.models import Bank


@needs(Permission.MANAGE_BANKS)
def banks_page() -> str:
    """List the banks."""
    return render_template("coordinator/banks.html", banks=bank_queries.banks(db()))


@needs(Permission.MANAGE_BANKS)
def new_bank() -> ResponseReturnValue:
    """Make a bank."""
    form = BankForm()
    if form.validate_on_submit():
        try:
            bank = banks.create(db(), actor(), form.name.data, Language(form.language.data))
        except VivaError as error:
            on_form(form, error)
        else:
            db().flush()
            flash(_("La banque est prête : importez-y des questions."), "good")
            return redirect(url_for(".bank_page", bank_id=bank.id))
    return render_template("coordinator/bank_new.html", form=form)


@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def bank_page(bank: Bank) -> str:
    """Show what a bank holds: a map by skill and level, its questions, imports and releases."""
    asked = filters_of()
    number = whole(request.args, "page", 1, least=1)
    heat = bank_queries.heat(db(), bank.id)
    run = release_runs.latest(db(), bank.id)
    releases = bank_queries.releases(db(), bank.id)
    return render_template(
        "coordinator/bank.html",
        bank=bank,
        heat=heat,
        most=max(max(row.values()) for row in heat.values()),
        total=sum(sum(row.values()) for row in heat.values()),
        levels=LEVELS,
        level_choices=[(level.value, level.value) for level in LEVELS],
        field_choices=[(field.value, field.label(locale())) for field in Field],
        asked=asked,
        page=bank_queries.listing(db(), bank.id, asked, number),
        tests=item_statistics.tests_by_item(db(), bank.id),
        imports=bank_queries.imports(db(), bank.id),
        releases=releases,
        grounds=grounds.Grounds.read(releases[0].rests) if releases else None,
        run=run,
        why=say(failure) if (failure := run and run.failure) else None,
        obstacle=say(obstacle) if (obstacle := releasing.obstacle(db(), bank.id)) else None,
        difference=releasing.difference(db(), bank.id),
    )


@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def release_bank(bank: Bank) -> ResponseReturnValue:
    """Ask for a bank to be put into service as it stands."""
    try:
        release_runs.ask(db(), actor(), bank)
    except Refused as error:
        g.failed = True
        flash(say(error), "wait")
    return redirect(url_for(".bank_page", bank_id=bank.id) + "#releases")


@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def bank_responses(bank: Bank) -> Response:
    """Download every answer, for a new calibration; `?for=excel` as French Excel opens it."""
    database, who, bank_id = house().database, actor(), bank.id
    write = csv_lines if request.args.get("for") == "excel" else data_lines

    def lines() -> Iterator[str]:
        with database.session(read_only=True) as session:
            again = session.get_one(Bank, bank_id)
            yield from write(responses.responses(session, who, again))

    answer = Response(lines(), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="responses-{bank_id}.csv"'
    return answer
