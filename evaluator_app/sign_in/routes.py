"""The pages of signing in: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.sign_in import pages
from evaluator_app.web.routes import Route, form, lay_out, post

ROUTES: tuple[Route, ...] = (
    form("/login", pages.login),
    form("/login/code", pages.code),
    form("/login/forgotten", pages.forgotten),
    form("/login/link", pages.link),
    post("/logout", pages.logout),
)


def register(app: Flask) -> None:
    """Open them."""
    bp = Blueprint("sign_in", __name__)
    lay_out(bp, ROUTES)
    app.register_blueprint(bp)
