"""Candidates: their journey, equipment, waiting room, the oral, results."""

from flask import Blueprint

bp = Blueprint("candidate", __name__, url_prefix="/candidate")

# The views register themselves.
from evaluator_app.desks.candidate import (  # noqa: E402, F401
    booking,
    equipment,
    help_page,
    oral,
    oral_actions,
    pages,
    personal,
    proctoring,
    watch_strip,
    written,
    written_acts,
)
