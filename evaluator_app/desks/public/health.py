"""Whether the installation works, for whoever watches over it."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from evaluator_app.desks.public import bp
from evaluator_app.edge import house
from kernel import pulse


def missing() -> list[str]:
    """Return which parts do not answer, among database, media and jobs."""
    try:
        with house().database.session(read_only=True) as db:
            silent = [] if pulse.alive(db, "jobs") else ["jobs"]
    except SQLAlchemyError:
        silent = ["database"]
    return silent if house().engine.healthy() else ["media", *silent]


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 when web, media and jobs work; else 503 and which one does not."""
    silent = missing()
    answer: dict[str, Any] = {"status": "ok"}
    if silent:
        answer = {"status": "failing", "failing": silent}
    return answer, 503 if silent else 200
