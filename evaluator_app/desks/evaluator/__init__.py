"""Evaluators: their interviews, the console, marking."""

from flask import Blueprint

bp = Blueprint("evaluator", __name__, url_prefix="/evaluator")

from evaluator_app.desks.evaluator import oral_actions, pages  # noqa: E402, F401 -- the views register themselves
