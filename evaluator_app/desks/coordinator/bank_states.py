"""What questions are used for: changed one by one on their page, or many at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator.bank_forms import filters_of
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.incoming import wholes
from evaluator_app.words import _, ngettext, say
from kernel.errors import N_, Invalid, VivaError
from kernel.permissions import Permission
from written_test.items import bank_queries, states
from written_test.models import Bank, Item, ItemState

MOST = 500
"""Questions on one page of changes: a filter makes them fewer."""


def _item(session: Session, item_id: int) -> Item | None:
    return bank_queries.whole(session, item_id)


def _wanted() -> ItemState:
    try:
        return ItemState(request.form.get("to", ""))
    except ValueError:
        raise Invalid(N_("Choisissez un état."), "to") from None


@needs(Permission.MANAGE_BANKS, load=_item)
def change_item_state(item: Item) -> ResponseReturnValue:
    """Change what one question is used for."""
    states.move(db(), actor(), item, _wanted(), request.form.get("reason", ""))
    flash(_("C'est noté ; cela compte dès la prochaine mise en service de la banque."), "good")
    return redirect(url_for(".item_page", item_id=item.id))


@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def item_states(bank: Bank) -> str:
    """Show the questions that the filters let through, to change what they are used for."""
    return _page(bank)


@needs(Permission.MANAGE_BANKS, load=by_id(Bank, "bank_id"))
def change_item_states(bank: Bank) -> ResponseReturnValue:
    """Change what the ticked questions are used for; those that cannot change say why."""
    items = bank_queries.among(db(), bank.id, wholes(request.form, "item")[:MOST])
    try:
        if not items:
            raise Invalid(N_("Cochez au moins une question."), "item")
        moved = states.move_many(db(), actor(), items, _wanted(), request.form.get("reason", ""))
    except VivaError as error:
        db().rollback()
        return _page(bank, chosen={item.id for item in items}, error=say(error)), error.status
    count = len(moved.changed)
    if count:
        said = ngettext(
            "%(num)d question a changé d'état ; cela compte dès la prochaine mise en service.",
            "%(num)d questions ont changé d'état ; cela compte dès la prochaine mise en service.",
            count,
        )
        flash(said, "good")
    if not moved.kept:
        return redirect(url_for(".bank_page", bank_id=bank.id) + "#list")
    kept = [(item, say(why)) for item, why in moved.kept]
    return _page(bank, chosen={item.id for item, _why in moved.kept}, kept=kept)


def _page(
    bank: Bank,
    *,
    chosen: set[int] | None = None,
    kept: list[tuple[Item, str]] | None = None,
    error: str = "",
) -> str:
    asked = filters_of()
    items = bank_queries.matching(db(), bank.id, asked, MOST + 1)
    return render_template(
        "coordinator/bank_states.html",
        bank=bank,
        items=items[:MOST],
        more=len(items) > MOST,
        most=MOST,
        chosen=chosen,
        kept=kept or [],
        error=error,
        form=request.form,
    )
