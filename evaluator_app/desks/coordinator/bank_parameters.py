"""Parameters alone: send a table, read what it would do, confirm; questions stay the same."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator.bank_forms import ParametersForm
from evaluator_app.desks.coordinator.bank_imports import AROUND, Waiting
from evaluator_app.desks.shared.staged import or_back
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.incoming import whole
from evaluator_app.web.large_bodies import takes
from evaluator_app.words import _, ngettext
from kernel import staging
from kernel.errors import Invalid
from kernel.permissions import Permission
from written_test.items import calibrating, incoming
from written_test.items.calibrating import Change, Table
from written_test.items.reading.entries import MOST_BYTES
from written_test.models import Bank

PAGE = 100


def _waiting(session: Session, bank_id: int, table: str) -> Waiting | None:
    bank = session.get(Bank, bank_id)
    return Waiting(bank, table) if bank is not None else None


def _given_at(waiting: Waiting) -> str:
    return url_for(".import_parameters", bank_id=waiting.bank.id)


@takes(MOST_BYTES + AROUND)
@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def import_parameters(bank: Bank) -> ResponseReturnValue:
    """Take a table of parameters, and lead to what it would do."""
    form = ParametersForm()
    if form.validate_on_submit():
        given = form.table()
        try:
            calibrating.examine(db(), actor(), bank, given)
        except Invalid as error:
            on_form(form, error)
        else:
            token = incoming.keep_table(house().storage, actor(), bank, given)
            return redirect(url_for(".parameters_report", bank_id=bank.id, table=token))
    page = render_template("coordinator/bank_parameters.html", form=form, bank=bank)
    return page, 422 if form.is_submitted() else 200


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def parameters_report(waiting: Waiting) -> ResponseReturnValue:
    """Show what a table would do; nothing has changed yet."""
    report = calibrating.examine(db(), actor(), waiting.bank, _table(waiting))
    wanted = request.args.get("change", "")
    lines = [line for line in report.lines if wanted in ("", line.change)]
    pages = -(-len(lines) // PAGE) or 1
    number = min(whole(request.args, "page", 1, least=1), max(1, pages))
    return render_template(
        "coordinator/bank_parameters_report.html",
        bank=waiting.bank,
        token=waiting.token,
        report=report,
        lines=lines[(number - 1) * PAGE : number * PAGE],
        total=len(lines),
        number=number,
        page_count=pages,
    )


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def confirm_parameters(waiting: Waiting) -> ResponseReturnValue:
    """Give the questions their parameters, and put pilots in use where that was ticked."""
    given = _table(waiting)
    in_use = request.form.get("in_use") == "yes"
    report = calibrating.bring_in(db(), actor(), waiting.bank, given, in_use=in_use)
    count = report.counts[Change.MEASURED]
    if count:
        said = ngettext(
            "%(num)d question a de nouveaux paramètres ; ils comptent dès la prochaine mise en "
            "service.",
            "%(num)d questions ont de nouveaux paramètres ; ils comptent dès la prochaine mise en "
            "service.",
            count,
        )
        flash(said, "good")
    else:
        flash(_("Aucun paramètre n'a changé."), "good")
    return redirect(url_for(".bank_page", bank_id=waiting.bank.id))


@needs(Permission.MANAGE_BANKS, load=_waiting)
@or_back(_given_at)
def drop_parameters(waiting: Waiting) -> ResponseReturnValue:
    """Forget a table that will not be brought in."""
    _table(waiting)
    staging.drop(house().storage, waiting.token)
    flash(_("Le fichier est supprimé ; la banque n'a pas changé."), "good")
    return redirect(url_for(".bank_page", bank_id=waiting.bank.id))


def _table(waiting: Waiting) -> Table:
    return incoming.fetch_table(house().storage, actor(), waiting.bank, waiting.token)
