"""One's own account: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.desks.shared.account import (
    confirming,
    pages,
    security,
)
from evaluator_app.web.routes import Route, form, lay_out, post

ROUTES: tuple[Route, ...] = (
    form("/confirm", confirming.confirm),
    post("/confirm/link", confirming.confirm_link),
    form("/", pages.home),
    post("/name", pages.name),
    post("/zone", pages.zone),
    post("/sessions/<int:session_id>/end", pages.end_session),
    post("/sessions/end-others", pages.end_others),
    form("/password", security.password),
    form("/second-factor", security.second),
    post("/second-factor/remove", security.remove_second),
    post("/second-factor/codes", security.fresh_codes),
)


def register(app: Flask) -> None:
    """Open the desk."""
    bp = Blueprint("account", __name__, url_prefix="/account")
    lay_out(bp, ROUTES)
    app.register_blueprint(bp)
