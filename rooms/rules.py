"""By which times an oral is held: its certification's until it begins, its own from then on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from rooms.models import Interview
from rooms.timers import Limits


@dataclass(frozen=True, slots=True)
class Rules:
    """How long the parts are, in seconds before `factor`, and how long time may stand still."""

    soft_s: list[float]
    hard_s: list[float]
    factor: float
    pause_minutes: float

    @property
    def limits(self) -> Limits:
        """Return the limits that the timers are computed with."""
        return Limits(self.soft_s, self.hard_s, self.factor)


def of(interview: Interview) -> Rules:
    """Return the rules of an oral: kept since it began, whatever its certification says now."""
    if interview.rules:
        return Rules(**interview.rules)
    candidacy = interview.appointment.candidacy
    certification = candidacy.certification
    return Rules(
        soft_s=list(certification.part_soft_s),
        hard_s=list(certification.part_hard_s),
        factor=candidacy.time_factor,
        pause_minutes=certification.pause_minutes,
    )


def keep(interview: Interview) -> None:
    """Keep the rules of an oral that begins."""
    interview.rules = asdict(of(interview))
