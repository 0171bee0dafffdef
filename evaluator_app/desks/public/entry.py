"""The page behind an e-mailed link: opening it never signs anybody in, « Continuer » does."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from evaluator_app.desks.public import bp
from evaluator_app.edge import db, house
from evaluator_app.navigation import home_of
from evaluator_app.sign_in import enter
from evaluator_app.words import speak
from people import entry


@bp.get("/e/<token>")
def entry_page(token: str) -> ResponseReturnValue:
    """Show whom the link is for, and the button."""
    link = entry.look(db(), house().settings, token)
    speak(link.user.locale)
    return render_template("public/entry.html", link=link)


@bp.post("/e/<token>")
def entry_use(token: str) -> ResponseReturnValue:
    """Sign in whom the link is for, once."""
    user = entry.use(db(), house().settings, token)
    enter(user)
    return redirect(home_of(user.role))
