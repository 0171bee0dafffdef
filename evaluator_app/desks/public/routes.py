"""Anybody: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.desks.public import (
    clock,
    documents,
    entry,
    feed,
    health,
    notices,
    pages,
    personal,
)
from evaluator_app.web.routes import Route, form, get, lay_out, post

ROUTES: tuple[Route, ...] = (
    post("/demo/clock", clock.move_clock),
    get("/documents/<int:document_id>.<ending>", documents.document),
    get("/verify", documents.verify_form),
    get("/verify/", documents.verify_form),
    get("/verify/<code>", documents.verify),
    get("/e/<token>", entry.entry_page),
    post("/e/<token>", entry.entry_use),
    form("/e/<token>/password", entry.entry_password),
    post("/e/<token>/again", entry.entry_again),
    get("/agenda/<feed>.ics", feed.feed),
    get("/healthz", health.healthz),
    get("/", pages.home),
    get("/legal", notices.legal),
    get("/privacy", notices.privacy),
    get("/accessibility", notices.accessibility),
    get("/p/<token>", personal.personal),
    post("/p/<token>", personal.personal_enter),
    post("/p/<token>/send", personal.personal_send),
)


def register(app: Flask) -> None:
    """Open the desk."""
    bp = Blueprint("public", __name__)
    lay_out(bp, ROUTES)
    app.register_blueprint(bp)
