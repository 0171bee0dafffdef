"""The evaluator's desk: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.desks.evaluator import (
    agenda,
    beside,
    equipment,
    grid,
    home,
    marking,
    oral_actions,
    pages,
    ratings,
)
from evaluator_app.desks.shared.agenda.pages import agenda as shared_agenda
from evaluator_app.desks.shared.oral_edge import both_sides
from evaluator_app.web.routes import Route, get, lay_out, post
from kernel.permissions import Permission, Role

ROUTES: tuple[Route, ...] = (
    *shared_agenda("/agenda", agenda.own),
    get("/equipment", equipment.equipment),
    post("/interviews/<int:interview>/scoresheet", grid.open_sheet),
    get("/scoresheets/<int:sheet>", grid.show_sheet),
    post("/scoresheets/<int:sheet>/changes", grid.post_changes),
    post("/scoresheets/<int:sheet>/submit", grid.submit),
    get("/", home.home),
    get("/next-oral", home.next_oral),
    get("/marking", marking.own_marking),
    *both_sides("/interviews/<int:interview_id>", Permission.CONDUCT_INTERVIEW, Role.EVALUATOR),
    post("/interviews/<int:interview_id>/open", oral_actions.oral_open),
    post("/interviews/<int:interview_id>/admit", oral_actions.oral_admit),
    post("/interviews/<int:interview_id>/picture-request", oral_actions.oral_picture_request),
    post("/interviews/<int:interview_id>/identity/confirm", oral_actions.oral_identity_confirm),
    post("/interviews/<int:interview_id>/identity/refuse", oral_actions.oral_identity_refuse),
    get("/interviews/<int:interview_id>/identity.jpg", oral_actions.oral_identity_picture),
    post("/interviews/<int:interview_id>/start", oral_actions.oral_start),
    post("/interviews/<int:interview_id>/next", oral_actions.oral_next),
    post("/interviews/<int:interview_id>/level", oral_actions.oral_level),
    post("/interviews/<int:interview_id>/deal", oral_actions.oral_deal),
    post("/interviews/<int:interview_id>/reveal", oral_actions.oral_reveal),
    post("/interviews/<int:interview_id>/incident", oral_actions.oral_incident),
    post("/interviews/<int:interview_id>/end", oral_actions.oral_end),
    get("/interviews/<int:interview_id>/recording", oral_actions.oral_recording),
    get(
        "/interviews/<int:interview_id>/recordings/<int:recording_id>/<int:index>.webm",
        oral_actions.oral_recording_file,
    ),
    get("/ratings/<int:assignment>", ratings.rate),
    post("/ratings/<int:assignment>/scoresheet", ratings.rating_sheet),
    get("/ratings/<int:assignment>/recording", ratings.rating_recording),
    get(
        "/ratings/<int:assignment>/recordings/<int:recording_id>/<int:index>.webm",
        ratings.rating_file,
    ),
    post("/ratings/<int:assignment>/give-back", ratings.give_back),
    get("/interviews/<int:interview>", pages.console),
    get("/interviews/<int:interview>/beside", beside.beside),
    get("/interviews/<int:interview>/beside/moment", beside.beside_moment),
    post("/interviews/<int:interview>/beside/link", beside.beside_link),
)


def register(app: Flask) -> None:
    """Open the desk."""
    bp = Blueprint("evaluator", __name__, url_prefix="/evaluator")
    lay_out(bp, ROUTES)
    app.register_blueprint(bp)
