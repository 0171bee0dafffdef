"""An evaluator's agenda, for a coordinator."""

from __future__ import annotations

from sqlalchemy.orm import Session

from evaluator_app.web.edge import actor
from kernel.permissions import Role
from people.models import User
from people.queries import member


def whose(session: Session, *, user_id: int) -> User | None:
    """Load an evaluator for a coordinator; evaluators have their own page."""
    return member(session, user_id) if actor().role is Role.COORDINATOR else None
