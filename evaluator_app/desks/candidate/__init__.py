"""Candidates: their journey, equipment, waiting room, the oral, results."""

from flask import Blueprint

bp = Blueprint("candidate", __name__, url_prefix="/candidate")

# The views register themselves.
from evaluator_app.desks.candidate import (  # noqa: E402, F401
    booking,
    equipment,
    oral,
    oral_actions,
    pages,
    personal,
    proctoring,
)
