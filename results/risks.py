"""Why an oral is marked a second time: each reason a rule of its own.

Pure. A rule looks at what is known and gives a `Risk`, with the numbers that make it one, or
nothing. Which rules a certification asks for, and how many orals it draws, is its `SecondRule`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from kernel.levels import LEVELS, Level
from results.policy import OralKind, Policy, Rounding
from results.verdict import Oral, overall_level
from rubrics.models import AssignmentReason
from rubrics.scale import THIRDS_PER_LEVEL

NEAR: Final = Fraction(1)
"""Thirds of a level within which a mean lies near a boundary."""
_DRAWS: Final = 2**64


@dataclass(frozen=True, slots=True)
class SecondRule:
    """For which reasons a certification asks for a second marking.

    `share`: per cent of the orals that are drawn by lot; `new_below`: an evaluator who has marked
    fewer orals than that is new.
    """

    reasons: frozenset[AssignmentReason]
    share: int
    new_below: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a marked oral.

    `marked`: how many orals its evaluator had marked before; `flagged`: their marks drift, as the
    statistics of raters say; `incidents`: how many were noted; `draw`: from 0 up to 1, by lot.
    """

    policy: Policy
    oral: Oral
    target: Level
    written: Level | None
    marked: int
    flagged: bool
    incidents: int
    draw: Fraction


@dataclass(frozen=True, slots=True)
class Risk:
    """A reason for a second marking, and plain JSON values that say how it came about."""

    reason: AssignmentReason
    facts: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Give the reason as plain JSON values."""
        return {"reason": self.reason.value, "facts": dict(self.facts)}


def boundary(policy: Policy, target: Level, written: Level | None) -> Fraction | None:
    """Return the least value of the oral, in thirds, with which the target is reached.

    With a written level it is the overall level that must reach the target; before, the oral
    alone. None: every oral reaches it, or none can.
    """
    for level in Level:
        reached = (
            level >= target
            if written is None
            else overall_level(policy.overall, level, written) >= target
        )
        if reached:
            return None if level is Level.BELOW else lowest_value(policy, level)
    return None


def lowest_value(policy: Policy, level: Level) -> Fraction:
    """Return the least value in thirds that is published as `level`, which is A1 at the least."""
    whole = Fraction(level.rank * THIRDS_PER_LEVEL)
    if policy.oral.kind is OralKind.CONJUNCTIVE or policy.oral.rounding is Rounding.DOWN:
        return whole
    # Half up; between A1 and below A1, whose values lie a third apart, half a third.
    step = Fraction(1) if level is LEVELS[0] else Fraction(THIRDS_PER_LEVEL)
    return whole - step / 2


def near(
    policy: Policy, oral: Oral, target: Level, written: Level | None
) -> tuple[Fraction, Fraction] | None:
    """Return an oral's value and where the target begins, if they lie a third apart at the most.

    It is the value that is rounded which lies there: the mean, once it is capped.
    """
    edge = boundary(policy, target, written)
    value = oral.mean if policy.oral.kind is OralKind.CONJUNCTIVE else oral.value
    return None if edge is None or abs(value - edge) > NEAR else (value, edge)


def near_boundary(known: Known) -> Risk | None:
    """Tell that the oral lies within a third of a level of where the target begins."""
    place = near(known.policy, known.oral, known.target, known.written)
    if place is None:
        return None
    value, edge = place
    facts = {"value": str(value), "boundary": str(edge), "target": known.target.value}
    return Risk(AssignmentReason.BOUNDARY, facts)


def apart(known: Known) -> Risk | None:
    """Tell that the published oral and written levels lie a level or more apart."""
    if known.written is None or known.written is known.oral.level:
        return None
    facts = {"oral": known.oral.level.value, "written": known.written.value}
    return Risk(AssignmentReason.DISCREPANCY, facts)


def rater_watched(known: Known, new_below: int) -> Risk | None:
    """Tell that whoever marked has marked few orals before, or drifts."""
    if known.marked >= new_below and not known.flagged:
        return None
    return Risk(AssignmentReason.RATER, {"marked": known.marked, "flagged": known.flagged})


def disturbed(known: Known) -> Risk | None:
    """Tell that an incident was noted."""
    if not known.incidents:
        return None
    return Risk(AssignmentReason.INCIDENT, {"incidents": known.incidents})


def drawn(known: Known, share: int) -> Risk | None:
    """Tell that the lot fell on this oral; `share` in per cent."""
    if known.draw * 100 >= share:
        return None
    return Risk(AssignmentReason.SAMPLE, {"share": share})


def lot(key: str, candidacy_id: int) -> Fraction:
    """Draw a number from 0 up to 1 for a candidacy: always the same one, and secret as `key` is."""
    digest = hmac.new(key.encode(), f"second:{candidacy_id}".encode(), hashlib.sha256).digest()
    return Fraction(int.from_bytes(digest[:8]), _DRAWS)


def of(rule: SecondRule, known: Known) -> list[Risk]:
    """Return every reason that `rule` asks for and that is there, in the order of the rules."""
    rules: dict[AssignmentReason, Callable[[], Risk | None]] = {
        AssignmentReason.BOUNDARY: lambda: near_boundary(known),
        AssignmentReason.DISCREPANCY: lambda: apart(known),
        AssignmentReason.RATER: lambda: rater_watched(known, rule.new_below),
        AssignmentReason.INCIDENT: lambda: disturbed(known),
        AssignmentReason.SAMPLE: lambda: drawn(known, rule.share),
    }
    asked: Iterable[Risk | None] = (
        look() for reason, look in rules.items() if reason in rule.reasons
    )
    return [risk for risk in asked if risk is not None]
