"""The watch that stays open after the test: its strip on pages until the candidate leaves it."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from enrolment.models import Candidacy
from evaluator_app.desks.candidate import bp
from evaluator_app.desks.candidate.proctoring import watch_data
from evaluator_app.desks.candidate.written_sayings import test_sayings
from evaluator_app.edge import db
from proctor import watching
from proctor.models import ProctorSession
from written_test import sitting
from written_test.models import WrittenTestState

_UNDER_WAY = (WrittenTestState.RUNNING, WrittenTestState.LEFT)


def open_watch(candidacy: Candidacy) -> ProctorSession | None:
    """Return the watch that is still to be left once the test has ended."""
    session = watching.running(db(), candidacy)
    if session is None:
        return None
    test = sitting.of_candidacy(db(), candidacy.id)
    return None if test is not None and test.state in _UNDER_WAY else session


def watch_page(session: ProctorSession) -> dict[str, Any]:
    """Return what the strip's script needs."""
    return watch_data(session, current_app.jinja_env.globals["asset"]) | {
        "here": url_for("candidate.written_here", candidacy_id=session.candidacy_id),
        "say": test_sayings(),
    }


@bp.context_processor
def _strip() -> dict[str, Any]:
    return {"open_watch": open_watch, "watch_page": watch_page}
