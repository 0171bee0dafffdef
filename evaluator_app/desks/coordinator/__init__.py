"""The certifier's coordinators: people, candidacies, appointments, validation, audit."""

from flask import Blueprint

bp = Blueprint("coordinator", __name__, url_prefix="/coordinator")

from evaluator_app.desks.coordinator import (  # noqa: E402, F401 -- the views register themselves
    agenda,
    candidacies,
    catalogue,
    observing,
    pages,
    people,
    plan,
)
