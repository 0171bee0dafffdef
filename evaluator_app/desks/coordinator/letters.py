"""Letters that never left: to whom, why, and « Renvoyer »."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.web.edge import actor, db, for_role, house
from evaluator_app.words import _, locale
from kernel import audit, mail, outbox, post
from kernel.errors import NotThere
from kernel.permissions import Role


@for_role(Role.COORDINATOR)
def letters() -> str:
    """List the letters that were given up, the last first."""
    rows = [
        (row, _subject(row.payload), _why(row.error)) for row in outbox.given_up(db(), post.KIND)
    ]
    return render_template("coordinator/letters.html", rows=rows)


def _subject(letter: dict[str, Any]) -> str:
    """Return the subject of a queued letter, in the language of whoever reads this page."""
    names = {
        "certifier": house().settings.certifier_name,
        "support": house().settings.support_email,
    }
    return mail.subject_of(letter["template"], locale(), {**names, **letter["context"]})


def _why(error: str | None) -> str:
    """Say why a letter did not leave: in our words, or in those of the mail server."""
    if error == outbox.HELD_BACK:
        return _("Retenue après une restauration : elle est peut-être déjà partie.")
    return error or ""


@for_role(Role.COORDINATOR)
def send_letter(row_id: int) -> ResponseReturnValue:
    """Try a letter once more, from the beginning."""
    known = {row.id for row in outbox.given_up(db(), post.KIND)}
    if row_id not in known or not outbox.retry(db(), row_id):
        raise NotThere
    audit.record(db(), actor(), "letter.retry", None, row=row_id)
    flash(_("La lettre part à nouveau. Si elle échoue encore, elle revient ici."), "good")
    return redirect(url_for(".letters"))
