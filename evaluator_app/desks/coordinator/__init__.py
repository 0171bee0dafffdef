"""The certifier's coordinators: people, candidacies, appointments, validation, audit."""

from flask import Blueprint

bp = Blueprint("coordinator", __name__, url_prefix="/coordinator")

# The views register themselves.
from evaluator_app.desks.coordinator import (  # noqa: E402, F401
    absences,
    agenda,
    bank_imports,
    bank_items,
    bank_parameters,
    bank_states,
    banks,
    candidacies,
    catalogue,
    letters,
    messages,
    observing,
    pages,
    people,
    plan,
    proctoring,
    results_wizard,
    risk_file,
    slots,
    written_results,
    written_settings,
)
