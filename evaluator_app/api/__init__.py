"""What other platforms call: JSON in, JSON out, a token each, described in `openapi.json`."""

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Viva Voce")

# The calls register themselves.
from evaluator_app.api import written_results  # noqa: E402, F401


@bp.after_request
def _say_how_to_call(response: Response) -> Response:
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def init_app(app: APIFlask) -> None:
    """Open the calls of `app`, and describe them."""
    app.register_blueprint(bp)
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}

    @app.spec_processor  # type: ignore[untyped-decorator]
    def _complete(spec: dict[str, Any]) -> dict[str, Any]:
        for path in spec["paths"].values():
            for call in path.values():
                if "requestBody" in call:
                    call["requestBody"]["required"] = True
        return spec
