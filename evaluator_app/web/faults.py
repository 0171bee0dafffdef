"""What people see when something is refused or breaks: never a trace, always what to do next."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from evaluator_app.processes import logs
from evaluator_app.words import _, say
from kernel.errors import N_, VivaError

log = structlog.get_logger(__name__)

KNOWN = frozenset({400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})

# What a script reads when nobody said more; pages have these words and more (`errors/page.html`).
BY_STATUS = {
    400: N_("La demande n'a pas été comprise"),
    403: N_("Cette page ne vous est pas ouverte"),
    404: N_("Cette page n'existe pas"),
    405: N_("Cette action n'est pas possible ici"),
    413: N_("Ce que vous avez envoyé est trop lourd"),
    415: N_("Cet envoi n'est pas un formulaire"),
    429: N_("Trop d'essais en peu de temps"),
    500: N_("Une erreur est survenue chez nous"),
    503: N_("Le service est momentanément interrompu"),
}


def wants_json() -> bool:
    """Tell whether a script asks, rather than a person."""
    if g.get("json_only") or request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.is_json or best == "application/json"


def where() -> dict[str, object]:
    """Return the address of this request as a log may hold it: its rule, and the numbers of rows.

    The address itself may bear a token that signs somebody in, known to us or nearly.
    """
    numbers = {k: v for k, v in (request.view_args or {}).items() if isinstance(v, int)}
    rule = request.url_rule.rule if request.url_rule is not None else "none"
    return {"method": request.method, "rule": rule, **numbers}


def answer(status: int, message: str, field: str | None = None) -> tuple[Response | str, int]:
    """Return the refusal as JSON or as a page, whichever was asked for."""
    g.failed = True
    if (session := g.get("db")) is not None:
        session.rollback()  # a broken transaction answers no more questions, not even a page's
    if wants_json():
        words = message or _(BY_STATUS.get(status, BY_STATUS[500]))
        return jsonify({"error": words, "field": field}), status
    page = status if status in KNOWN else 500
    return render_template("errors/page.html", status=page, message=message), status


def _do_without_database() -> None:
    """Let the rest of this request ask nothing more of a database that does not answer."""
    if (session := g.pop("db", None)) is not None:
        session.close()
    g.pop("user_session", None)
    # Where flask-login keeps whom it has loaded: nobody, else the page would ask again.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001


def init_app(app: Flask) -> None:
    """Turn every error into an answer that helps."""

    @app.errorhandler(VivaError)
    def _refused(error: VivaError) -> tuple[Response | str, int]:
        log.info(
            "refused",
            **where(),
            status=error.status,
            kind=type(error).__name__,
            message=error.message,
        )
        return answer(error.status, say(error), getattr(error, "field", None))

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[Response | str, int]:
        log.info("refused", **where(), status=400, kind="CSRFError", message=str(error))
        message = _("La page a été ouverte il y a trop longtemps. Rechargez-la, puis recommencez.")
        return answer(400, message)

    @app.errorhandler(IntegrityError)
    def _lost_race(error: IntegrityError) -> tuple[Response | str, int]:
        # PostgreSQL's further lines say which value is there already: somebody's address, maybe.
        why = str(error.orig).partition("\n")[0]
        log.warning("lost_race", **where(), why=why[:200])
        message = _("La même chose vient d'être faite ailleurs, au même moment. Rechargez la page.")
        return answer(409, message)

    @app.errorhandler(OperationalError)
    def _unavailable(error: OperationalError) -> tuple[Response | str, int]:
        logs.refused("database_unavailable", error, **where())
        _do_without_database()
        message = _("Le service est très occupé : rien n'est changé. Réessayez dans un instant.")
        return answer(503, message)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        kind = type(error).__name__
        log.info("refused", **where(), status=error.code, kind=kind)
        return answer(error.code, "")

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[Response | str, int]:
        logs.refused("broken", error, **where())
        return answer(500, "")
