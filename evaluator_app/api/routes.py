"""Every call of the API, and the view behind it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response

from evaluator_app.api import written_results
from evaluator_app.web.routes import Route, lay_out, post

ROUTES: tuple[Route, ...] = (post("/written-results", written_results.written_results),)


def register(app: APIFlask) -> APIBlueprint:
    """Open the calls of `app`, and describe them; return their blueprint."""
    bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Viva Voce")
    lay_out(bp, ROUTES)
    bp.after_request(_say_how_to_call)
    app.register_blueprint(bp)
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    app.spec_processor(_require_bodies)  # type: ignore[arg-type]  # JSON: never a string
    return bp


def _say_how_to_call(response: Response) -> Response:
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _require_bodies(spec: dict[str, Any]) -> dict[str, Any]:
    for path in spec["paths"].values():
        for call in path.values():
            if "requestBody" in call:
                call["requestBody"]["required"] = True
    return spec
