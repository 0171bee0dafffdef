"""An evaluator's agenda, for a coordinator."""

from __future__ import annotations

from evaluator_app.desks.agenda_pages import mount
from evaluator_app.desks.coordinator import bp
from people.queries import member

mount(bp, "/people/<int:user_id>/agenda", member)
