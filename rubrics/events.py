"""What marking decides and nouns above it act on."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.permissions import Actor
from rubrics.models import Performance


@dataclass(frozen=True, slots=True)
class MarkingChanged(Event):
    """What counts of a performance may be another mark now, or none any more.

    A sheet was submitted or reopened, or somebody is asked to rate, or not any more; `reason` says
    why what was there does not suffice.
    """

    actor: Actor
    performance: Performance
    reason: str = ""
