"""Evaluators: their interviews, the console, marking."""

from flask import Blueprint

bp = Blueprint("evaluator", __name__, url_prefix="/evaluator")

from evaluator_app.desks.evaluator import (  # noqa: E402 -- the views register themselves
    agenda,  # noqa: F401
    equipment,  # noqa: F401
    grid,  # noqa: F401
    home,  # noqa: F401
    oral_actions,  # noqa: F401
    pages,  # noqa: F401
)
