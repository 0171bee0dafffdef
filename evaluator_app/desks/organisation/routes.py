"""The organisation's desk: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.desks.organisation import (
    changes,
    pages,
)
from evaluator_app.web.routes import Route, form, get, lay_out, post

ROUTES: tuple[Route, ...] = (
    get("/candidacies/<int:candidacy_id>/extension", changes.extension),
    post("/candidacies/<int:candidacy_id>/extension", changes.extend),
    post("/candidacies/<int:candidacy_id>/extension/refuse", changes.refuse_extension),
    form("/candidacies/<int:candidacy_id>/force-majeure", changes.force_majeure),
    get("/candidacies/<int:candidacy_id>/proofs/<int:change_id>", changes.proof),
    get("/", pages.home),
    form("/enrol", pages.enrol),
    get("/candidacies/<int:candidacy_id>", pages.show),
    form("/candidacies/<int:candidacy_id>/identity", pages.identity),
    post("/candidacies/<int:candidacy_id>/withdraw", pages.withdraw),
    post("/candidacies/<int:candidacy_id>/link", pages.send_link),
)


def register(app: Flask) -> None:
    """Open the desk."""
    bp = Blueprint("organisation", __name__, url_prefix="/organisation")
    lay_out(bp, ROUTES)
    app.register_blueprint(bp)
