"""An evaluator's agenda, for a coordinator."""

from __future__ import annotations

from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator import bp
from evaluator_app.desks.shared.agenda.pages import mount
from evaluator_app.web.edge import actor
from kernel.permissions import Role
from people.models import User
from people.queries import member


def _whose(session: Session, *, user_id: int) -> User | None:
    """Load an evaluator for a coordinator; evaluators have their own page."""
    return member(session, user_id) if actor().role is Role.COORDINATOR else None


mount(bp, "/people/<int:user_id>/agenda", _whose)
