"""The evaluator's own agenda."""

from __future__ import annotations

from sqlalchemy.orm import Session

from evaluator_app.web.edge import person
from people.models import User


def own(_session: Session) -> User:
    """Return who looks at their own agenda."""
    return person()
