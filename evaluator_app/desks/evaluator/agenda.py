"""The evaluator's own agenda."""

from __future__ import annotations

from sqlalchemy.orm import Session

from evaluator_app.desks.evaluator import bp
from evaluator_app.desks.shared.agenda.pages import mount
from evaluator_app.web.edge import person
from people.models import User


def _own(_session: Session) -> User:
    return person()


mount(bp, "/agenda", _own)
