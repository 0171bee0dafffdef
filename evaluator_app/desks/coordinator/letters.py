"""Letters that never left: to whom, why, and « Renvoyer »."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.web.edge import actor, db, for_role, house
from evaluator_app.words import _, locale
from kernel import audit, held_back, outbox
from kernel.errors import NotThere
from kernel.permissions import Role
from people import letters as people_letters


@for_role(Role.COORDINATOR)
def letters() -> str:
    """List the letters that were given up, the last first."""
    rows = [
        (letter, _why(letter.error))
        for letter in people_letters.given_up(db(), house().settings, locale())
    ]
    return render_template("coordinator/letters.html", rows=rows)


def _why(error: str) -> str:
    """Say why a letter did not leave: in our words, or in those of the mail server."""
    if error == held_back.HELD_BACK:
        return _("Retenu après une restauration : il est peut-être déjà parti.")
    return error


@for_role(Role.COORDINATOR)
def send_letter(row_id: int) -> ResponseReturnValue:
    """Try a letter once more, from the beginning."""
    known = {row.id for row in outbox.given_up(db(), people_letters.KINDS)}
    if row_id not in known or not outbox.retry(db(), row_id):
        raise NotThere
    audit.record(db(), actor(), "letter.retry", None, row=row_id)
    flash(_("L'e-mail repart. S'il échoue encore, il revient ici."), "good")
    return redirect(url_for(".letters"))
