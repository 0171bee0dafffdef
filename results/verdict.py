"""The verdict: a policy applied to the marks, the written level and the target.

Pure: the same values under the same policy always give the same verdict, which carries its own
explanation, step by step (`results.explanation` puts it into words), and a digest of what it
was computed from.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from kernel.levels import TARGETS, Level, of_rank
from results.policy import OralKind, OralRule, OverallKind, OverallRule, Policy, Rounding
from rubrics.scale import HIGHEST, LOWEST, NOT_ASSESSABLE, THIRDS_PER_LEVEL, published

GivenMark: TypeAlias = int | Fraction | str
"""Thirds of a level (a fraction where two raters' marks were averaged) or `NOT_ASSESSABLE`."""
Given: TypeAlias = tuple[str, int | Fraction]
"""A criterion, and its mark where it has one."""


class StepCode(StrEnum):
    """What a step of the explanation says; `results.explanation` holds the sentences."""

    SETTLED = "settled"
    MARKS = "marks"
    NOT_ASSESSABLE = "not_assessable"
    MEAN = "mean"
    CAP_APPLIED = "cap_applied"
    CAP_NOT_REACHED = "cap_not_reached"
    ROUNDED = "rounded"
    CONJUNCTIVE = "conjunctive"
    OVERALL_MEAN = "overall_mean"
    OVERALL_CAP_APPLIED = "overall_cap_applied"
    OVERALL_CAP_NOT_REACHED = "overall_cap_not_reached"
    OVERALL_LOWEST = "overall_lowest"
    OVERALL_MATRIX = "overall_matrix"
    NO_TARGET = "no_target"
    TARGET_WITHOUT_CERTIFICATE = "target_without_certificate"
    TARGET_REACHED = "target_reached"
    TARGET_MISSED = "target_missed"
    VERDICT = "verdict"
    NEEDS_COORDINATOR = "needs_coordinator"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation: a code and plain JSON values (fractions as `"61/6"`)."""

    code: StepCode
    values: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Give the step as plain JSON values."""
        return {"code": self.code.value, "values": dict(self.values)}


def read_step(data: Mapping[str, Any]) -> Step:
    """Read back a step that `Step.as_json` wrote; raise ValueError for an unknown code."""
    return Step(StepCode(data["code"]), data["values"])


@dataclass(frozen=True, slots=True)
class Oral:
    """The oral alone. `mean` and `value` are thirds of a level, before and after the cap.

    `mean` is given for every kind of rule: second marking asks how near it lies to a boundary.
    """

    mean: Fraction
    value: Fraction
    level: Level
    explanation: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class NeedsCoordinator:
    """Too many criteria could not be assessed: no level is computed, a person decides."""

    policy: str
    criteria: tuple[str, ...]
    explanation: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, under which policy, from which inputs, and why.

    `criteria` gives each criterion's published level (None: not assessable), in the grid's
    order. `certificate` is the target when it was reached, else None.
    """

    policy: str
    digest: str
    criteria: tuple[tuple[str, Level | None], ...]
    mean: Fraction
    value: Fraction
    oral: Level
    written: Level
    overall: Level
    target: Level | None
    certificate: Level | None
    explanation: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the whole verdict as plain JSON values, to be stored with its explanation."""
        return {
            "policy": self.policy,
            "digest": self.digest,
            "criteria": {key: _text(level) for key, level in self.criteria},
            "mean": str(self.mean),
            "value": str(self.value),
            "oral": self.oral.value,
            "written": self.written.value,
            "overall": self.overall.value,
            "target": _text(self.target),
            "certificate": _text(self.certificate),
            "explanation": [step.as_json() for step in self.explanation],
        }


def decide(
    policy: Policy, marks: Mapping[str, GivenMark], written: Level, target: Level | None
) -> Verdict | NeedsCoordinator:
    """Decide the oral and overall levels, and the certificate when the target is reached.

    `marks` has every criterion of the policy and no other, in any order; raise ValueError
    otherwise, or for a mark off the scale.
    """
    oral = assess(policy, marks)
    if isinstance(oral, NeedsCoordinator):
        return oral
    overall, overall_steps = _overall(policy.overall, oral.level, written)
    certificate, target_step = _certificate(overall, target)
    final = Step(
        StepCode.VERDICT,
        {
            "policy": policy.name,
            "oral": oral.level.value,
            "written": written.value,
            "overall": overall.value,
            "target": _text(target),
            "certificate": _text(certificate),
        },
    )
    return Verdict(
        policy=policy.name,
        digest=digest(policy, marks, written, target),
        criteria=tuple(
            (key, None if isinstance(mark, str) else published(mark))
            for key, mark in _in_order(policy.oral, marks)
        ),
        mean=oral.mean,
        value=oral.value,
        oral=oral.level,
        written=written,
        overall=overall,
        target=target,
        certificate=certificate,
        explanation=(*oral.explanation, *overall_steps, target_step, final),
    )


def assess(policy: Policy, marks: Mapping[str, GivenMark]) -> Oral | NeedsCoordinator:
    """Compute the oral level alone; raise ValueError as `decide` does."""
    ordered = _in_order(policy.oral, marks)
    steps = [Step(StepCode.MARKS, {"marks": {key: _json(mark) for key, mark in ordered}})]
    missing = tuple(key for key, mark in ordered if isinstance(mark, str))
    if len(missing) > policy.oral.allowed_not_assessable:
        allowed = policy.oral.allowed_not_assessable
        values = {"policy": policy.name, "criteria": list(missing), "allowed": allowed}
        steps.append(Step(StepCode.NEEDS_COORDINATOR, values))
        return NeedsCoordinator(policy.name, missing, tuple(steps))
    if missing:
        steps.append(Step(StepCode.NOT_ASSESSABLE, {"criteria": list(missing)}))
    given = [(key, mark) for key, mark in ordered if not isinstance(mark, str)]
    mean = _mean(policy.oral, given)
    if policy.oral.kind is OralKind.CONJUNCTIVE:
        value, level, step = _conjunctive(policy.oral, given)
        return Oral(mean, value, level, (*steps, step))
    weights = {key: weight for key, weight in policy.oral.weights if key not in missing}
    steps.append(Step(StepCode.MEAN, {"weights": weights, "mean": str(mean)}))
    value = mean
    if policy.oral.cap_thirds is not None:
        value, step = _cap(policy.oral.cap_thirds, given, mean)
        steps.append(step)
    level = _round(value, policy.oral.rounding)
    values = {"value": str(value), "rounding": policy.oral.rounding.value, "level": level.value}
    return Oral(mean, value, level, (*steps, Step(StepCode.ROUNDED, values)))


def overall_level(rule: OverallRule, oral: Level, written: Level) -> Level:
    """Give the overall level of two published levels."""
    return _overall(rule, oral, written)[0]


def digest(
    policy: Policy, marks: Mapping[str, GivenMark], written: Level, target: Level | None
) -> str:
    """Give the SHA-256, in hexadecimal, of everything that a verdict is computed from.

    The policy's whole content counts, not its name alone; the order of `marks` does not.
    """
    marked = _canonical({key: _json(mark) for key, mark in marks.items()})
    ends = f'"target":{_canonical(_text(target))},"written":{_canonical(written.value)}'
    whole = f'{{"marks":{marked},"policy":{_canonical_policy(policy)},{ends}}}'
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@lru_cache(maxsize=64)
def _canonical_policy(policy: Policy) -> str:
    return _canonical(policy.as_json())


def _in_order(rule: OralRule, marks: Mapping[str, GivenMark]) -> list[tuple[str, GivenMark]]:
    if set(marks) != set(rule.criteria):
        odd = ", ".join(sorted(set(marks) ^ set(rule.criteria)))
        raise ValueError(f"the marks are not those of the policy's criteria: {odd}")
    for key, mark in marks.items():
        if isinstance(mark, str):
            if mark != NOT_ASSESSABLE:
                raise ValueError(f"{key}: {mark!r} is not a mark")
        elif isinstance(mark, bool) or not LOWEST <= mark <= HIGHEST:
            raise ValueError(f"{key}: {mark} is off the scale")
    return [(key, marks[key]) for key in rule.criteria]


def _mean(rule: OralRule, given: list[Given]) -> Fraction:
    weights = dict(rule.weights)
    total = sum(weights[key] * mark for key, mark in given)
    return Fraction(total) / sum(weights[key] for key, _ in given)


def _cap(cap_thirds: int, given: list[Given], mean: Fraction) -> tuple[Fraction, Step]:
    weakest = min(mark for _, mark in given)
    ceiling = weakest + cap_thirds
    value = min(mean, Fraction(ceiling))
    code = StepCode.CAP_APPLIED if mean > ceiling else StepCode.CAP_NOT_REACHED
    values = {
        "weakest": [key for key, mark in given if mark == weakest],
        "mark": _json(weakest),
        "cap_thirds": cap_thirds,
        "ceiling": str(ceiling),
        "mean": str(mean),
        "value": str(value),
    }
    return value, Step(code, values)


def _round(value: Fraction, rounding: Rounding) -> Level:
    if rounding is Rounding.HALF_UP:
        return published(value)
    return of_rank(int(value / THIRDS_PER_LEVEL))


def _conjunctive(rule: OralRule, given: list[Given]) -> tuple[Fraction, Level, Step]:
    for rank in range(max(level.rank for level in Level), 0, -1):
        asked = rank * THIRDS_PER_LEVEL
        below = [key for key, mark in given if mark < asked]
        if len(below) <= rule.allowed_below and all(mark >= asked - 1 for _, mark in given):
            level = of_rank(rank)
            break
    else:
        level, below = Level.BELOW, []
    value = Fraction(max(level.rank * THIRDS_PER_LEVEL, LOWEST))
    values = {"level": level.value, "below": below, "allowed": rule.allowed_below}
    return value, level, Step(StepCode.CONJUNCTIVE, values)


def _overall(rule: OverallRule, oral: Level, written: Level) -> tuple[Level, list[Step]]:
    pair = {"oral": oral.value, "written": written.value}
    if rule.kind is OverallKind.LOWEST:
        level = min(oral, written)
        return level, [Step(StepCode.OVERALL_LOWEST, {**pair, "level": level.value})]
    if rule.matrix is not None:
        level = rule.matrix[oral.rank][written.rank]
        return level, [Step(StepCode.OVERALL_MATRIX, {**pair, "level": level.value})]
    mean = Fraction(
        rule.oral_weight * oral.rank + rule.written_weight * written.rank,
        rule.oral_weight + rule.written_weight,
    )
    half = Fraction(1, 2) if rule.rounding is Rounding.HALF_UP else Fraction(0)
    level = of_rank(int(mean + half))
    values = {
        **pair,
        "oral_weight": rule.oral_weight,
        "written_weight": rule.written_weight,
        "mean": str(mean),
        "rounding": rule.rounding.value,
        "level": level.value,
    }
    steps = [Step(StepCode.OVERALL_MEAN, values)]
    if rule.cap_levels is not None:
        level, step = _cap_overall(rule.cap_levels, min(oral, written), level)
        steps.append(step)
    return level, steps


def _cap_overall(cap_levels: int, lower: Level, mean: Level) -> tuple[Level, Step]:
    ceiling = of_rank(min(lower.rank + cap_levels, Level.C2.rank))
    level = min(mean, ceiling)
    code = StepCode.OVERALL_CAP_APPLIED if mean > ceiling else StepCode.OVERALL_CAP_NOT_REACHED
    values = {
        "lower": lower.value,
        "cap_levels": cap_levels,
        "ceiling": ceiling.value,
        "level": level.value,
    }
    return level, Step(code, values)


def _certificate(overall: Level, target: Level | None) -> tuple[Level | None, Step]:
    if target is None:
        return None, Step(StepCode.NO_TARGET, {"overall": overall.value})
    values = {"overall": overall.value, "target": target.value}
    if target not in TARGETS:
        return None, Step(StepCode.TARGET_WITHOUT_CERTIFICATE, values)
    if overall < target:
        return None, Step(StepCode.TARGET_MISSED, values)
    return target, Step(StepCode.TARGET_REACHED, values)


def read_mark(text: str) -> GivenMark:
    """Read back a mark that was kept as text; raise ValueError for anything else."""
    if text == NOT_ASSESSABLE:
        return text
    mark = Fraction(text)
    return int(mark) if mark.denominator == 1 else mark


def _json(mark: GivenMark) -> int | str:
    if isinstance(mark, Fraction) and mark.denominator == 1:
        return int(mark)
    return mark if isinstance(mark, int) and not isinstance(mark, bool) else str(mark)


def _text(level: Level | None) -> str | None:
    return None if level is None else level.value
