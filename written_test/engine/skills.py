"""The level of each skill, from few answers; the other skills serve as its prior; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from kernel.levels import Level, of_rank
from written_test.engine.adaptive import Course
from written_test.engine.irt import Posterior

APART: Final = 0.5
"""Standard deviation of a skill around the person's general ability, on the scale of theta."""


@dataclass(frozen=True, slots=True)
class SkillEstimate:
    """What is known of one skill; `answers`: scored parts that speak of it directly."""

    theta: float
    standard_error: float
    level: Level
    probability: float
    answers: int

    def as_json(self) -> dict[str, Any]:
        """Return the estimate as plain values."""
        return {
            "theta": self.theta,
            "standard_error": self.standard_error,
            "level": str(self.level),
            "probability": self.probability,
            "answers": self.answers,
        }


def level_at(place: int, cuts: int) -> Level:
    """Return the level of a place among `cuts + 1`: six cuts begin below A1, five at A1."""
    return of_rank(place + 6 - cuts)


def by_skill(course: Course) -> dict[str, SkillEstimate]:
    """Return the estimate of each skill.

    Prior of a skill: normal, mean and variance of the posterior from the answers to all *other*
    skills, widened by APART², so that no answer counts twice and few answers do not pull a skill
    to the middle of the population.
    """
    pool = course.pool
    estimates = {}
    for skill in course.rules.shares:
        others, own = Posterior.normal(), []
        for item, right in course.answers:
            entry = pool.entries[pool.place[item]]
            if entry.skill == skill:
                own.append((entry.parts, right))
            else:
                others = others.after(entry.parts, right)
        spread = (others.standard_error**2 + APART**2) ** 0.5
        known = Posterior.normal(others.theta, spread)
        for parts, right in own:
            known = known.after(parts, right)
        chances = known.levels(course.rules.cuts)
        place = int(chances.argmax())
        estimates[skill] = SkillEstimate(
            theta=known.theta,
            standard_error=known.standard_error,
            level=level_at(place, len(course.rules.cuts)),
            probability=float(chances[place]),
            answers=sum(len(right) for _, right in own),
        )
    return estimates
