"""Candidates: their journey, equipment, waiting room, the oral, results."""

from flask import Blueprint

bp = Blueprint("candidate", __name__, url_prefix="/candidate")

from evaluator_app.desks.candidate import oral_actions, pages  # noqa: E402, F401 -- the views register themselves
