"""What is decided about a candidacy that more than one instrument answers to."""

from __future__ import annotations

from dataclasses import dataclass

from enrolment.models import Candidacy
from kernel.events import Event


@dataclass(frozen=True, slots=True)
class WrittenTestEnded(Event):
    """The last answer of a written test was given, or its time is over: nothing more is asked."""

    candidacy: Candidacy
