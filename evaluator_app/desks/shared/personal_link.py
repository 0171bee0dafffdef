"""The personal link of an oral, sent again to the candidate's own address."""

from __future__ import annotations

from evaluator_app.web.edge import db
from kernel import clock
from scheduling import personal_links
from scheduling.models import Appointment

SEND_AGAIN_S = 120


def send_link(appointment: Appointment) -> None:
    """Queue the mail that carries the personal link; asked again at once, it goes once."""
    window = int(clock.now().timestamp()) // SEND_AGAIN_S
    key = f"candidate_send_link:{appointment.id}:{window}"
    personal_links.send(db(), appointment, key)


def masked(email: str) -> str:
    """Return an address that its owner recognises and nobody else learns: "ca…@example.org"."""
    local, _at, domain = email.partition("@")
    return f"{local[:2]}…@{domain}"
