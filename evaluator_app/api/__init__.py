"""What other platforms call: JSON in, JSON out, a token each, described in `openapi.json`."""

from apiflask import APIBlueprint
from flask import Response

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Viva Voce")

# The calls register themselves.
from evaluator_app.api import written_results  # noqa: E402, F401


@bp.after_request
def _say_how_to_call(response: Response) -> Response:
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
