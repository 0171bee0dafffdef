"""What people see when something is refused or breaks: never a trace, always what to do next."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from evaluator_app.words import _, say
from kernel.errors import VivaError

log = structlog.get_logger(__name__)

KNOWN = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def wants_json() -> bool:
    """Tell whether a script asks, rather than a person."""
    if g.get("json_only"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.is_json or best == "application/json"


def answer(status: int, message: str, field: str | None = None) -> tuple[Response | str, int]:
    """Return the refusal as JSON or as a page, whichever was asked for."""
    g.failed = True
    if wants_json():
        return jsonify({"error": message, "field": field}), status
    page = status if status in KNOWN else 500
    return render_template("errors/page.html", status=page, message=message), status


def init_app(app: Flask) -> None:
    """Turn every error into an answer that helps."""

    @app.errorhandler(VivaError)
    def _refused(error: VivaError) -> tuple[Response | str, int]:
        log.info(
            "refused",
            path=request.path,
            status=error.status,
            kind=type(error).__name__,
            message=error.message,
        )
        return answer(error.status, say(error), getattr(error, "field", None))

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> tuple[Response | str, int]:
        message = _("La page a été ouverte il y a trop longtemps. Rechargez-la, puis recommencez.")
        return answer(400, message)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return answer(error.code, "")

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[Response | str, int]:
        log.error("broken", path=request.path, exc_info=error)
        return answer(500, "")
