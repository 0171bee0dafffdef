"""What is decided about a candidacy that more than one instrument answers to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from enrolment.models import Candidacy, Certification
from kernel.events import Event
from kernel.permissions import Actor
from kernel.settings import Settings
from people.languages import Language


@dataclass(frozen=True, slots=True)
class CertificationOffered(Event):
    """A certification is about to be on offer: whoever could not hold its exam refuses."""

    certification: Certification


@dataclass(frozen=True, slots=True)
class LanguageChanging(Event):
    """A certification is about to be held in another language: whoever could not refuses."""

    certification: Certification
    language: Language


@dataclass(frozen=True, slots=True)
class WrittenTestLeft(Event):
    """The candidate left the written test for now."""

    actor: Actor
    candidacy: Candidacy


@dataclass(frozen=True, slots=True)
class WrittenTestEnded(Event):
    """Nothing more is asked: the last answer was given, time is over, or the test is void."""

    candidacy: Candidacy


@dataclass(frozen=True, slots=True)
class WatchVoided(Event):
    """Whoever looked at a watch decided that what was sat under it does not count."""

    actor: Actor
    candidacy: Candidacy
    until: datetime  # when the watch was over
    reason: str


@dataclass(frozen=True, slots=True)
class CandidacyWithdrawn(Event):
    """A candidacy is about to be withdrawn; its row is held, its stage still the old one."""

    actor: Actor
    settings: Settings
    candidacy: Candidacy
    reason: str
