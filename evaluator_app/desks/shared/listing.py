"""What the address of a list asks for: its page, its stages."""

from __future__ import annotations

from flask import request

from enrolment.models import Stage
from evaluator_app.web.incoming import whole

# Between the interview and its result, as an organisation sees it.
ASSESSED = (Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE)


def asked_stages() -> tuple[Stage, ...]:
    """Return the stages that the address asks for; nothing stands for all of them."""
    asked = request.args.get("stage", "")
    if asked == "assessed":
        return ASSESSED
    return (Stage(asked),) if asked in set(Stage) else ()


def asked_page() -> int:
    """Return the page number that the address asks for, from 1."""
    return min(whole(request.args, "page", 1, least=1), 100_000)
