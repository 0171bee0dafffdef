"""What the written part decides and nouns above it act on."""

from __future__ import annotations

from dataclasses import dataclass

from enrolment.models import Candidacy
from kernel.events import Event
from kernel.permissions import Actor


@dataclass(frozen=True, slots=True)
class WrittenResultChanged(Event):
    """The written level of a candidacy, whose row is held, may be another now, or none any more."""

    actor: Actor
    candidacy: Candidacy
