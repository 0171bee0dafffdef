"""What scheduling decides and nouns above it act on."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.permissions import Actor
from scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class OralPlanned(Event):
    """An oral has its hour and its evaluator: booked by the candidate, or placed by hand."""

    actor: Actor
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class OralChanged(Event):
    """A planned oral has another hour, another evaluator, or both."""

    actor: Actor
    appointment: Appointment
