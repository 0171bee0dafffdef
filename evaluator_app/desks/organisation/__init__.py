"""Training organisations: enrol, follow, results and documents."""

from flask import Blueprint

bp = Blueprint("organisation", __name__, url_prefix="/organisation")

from evaluator_app.desks.organisation import changes, pages  # noqa: E402, F401 -- the views register themselves
