"""What another rule would have decided: pure, over what past verdicts were made from.

Who would change level is found by deciding again. Which part of the rule does it is found by
changing the rule one part at a time, in the order in which a verdict goes through them, from the
rule that decided to the one that is tried: the parts at which the outcome moves did it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from kernel.levels import Level
from results.policy import OralKind, OverallKind, Policy
from results.verdict import GivenMark, NeedsCoordinator, decide


class Part(StrEnum):
    """A part of a rule, in the order in which a verdict goes through them."""

    ORAL = "oral"  # from a mean to a conjunctive rule, or back, or how many may stand below
    NOT_ASSESSABLE = "not_assessable"
    WEIGHTS = "weights"
    CAP = "cap"
    ROUNDING = "rounding"
    OVERALL = "overall"  # from one kind to another, or another matrix
    OVERALL_WEIGHTS = "overall_weights"
    OVERALL_ROUNDING = "overall_rounding"
    OVERALL_CAP = "overall_cap"


Outcome: TypeAlias = tuple[Level, Level, bool] | None
"""Oral level, overall level, whether the target is reached; None: a coordinator decides."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a verdict was made from, and what it came to."""

    verdict: int
    candidacy: int
    policy: Policy
    marks: Mapping[str, GivenMark]
    written: Level
    target: Level
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """A candidacy that would come to something else, and the parts of the rule that do it."""

    past: Past
    now: Outcome
    parts: tuple[Part, ...]

    def as_json(self) -> list[Any]:
        """Give the change as plain JSON values."""
        return [
            self.past.candidacy,
            _plain(self.past.outcome),
            _plain(self.now),
            [str(part) for part in self.parts],
        ]


@dataclass(slots=True)
class Tally:
    """What a rule would change, counted while past verdicts come in."""

    tried: int = 0
    unlike: int = 0  # marked by other criteria: not tried
    higher: int = 0
    lower: int = 0
    more: int = 0  # certificates
    fewer: int = 0
    undecided: int = 0  # a coordinator would have to decide
    parts: Counter[Part] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def add(self, policy: Policy, rows: Iterable[Past]) -> None:
        """Try `policy` on past verdicts, and count."""
        for past in rows:
            if set(past.marks) != set(policy.oral.criteria):
                self.unlike += 1
                continue
            self.tried += 1
            now = outcome(policy, past)
            if now != past.outcome:
                self._count(Change(past, now, moved_by(policy, past)))

    def _count(self, change: Change) -> None:
        was, now = change.past.outcome, change.now
        self.changes.append(change)
        self.parts.update(change.parts)
        if now is None or was is None:
            self.undecided += now is None
            self.fewer += was is not None and was[2]
            return
        self.higher += now[1] > was[1] or (now[1] == was[1] and now[0] > was[0])
        self.lower += now[1] < was[1] or (now[1] == was[1] and now[0] < was[0])
        self.more += now[2] and not was[2]
        self.fewer += was[2] and not now[2]

    def as_json(self) -> dict[str, Any]:
        """Give the count as plain JSON values."""
        return {
            "tried": self.tried,
            "unlike": self.unlike,
            "higher": self.higher,
            "lower": self.lower,
            "more": self.more,
            "fewer": self.fewer,
            "undecided": self.undecided,
            "parts": {str(part): self.parts[part] for part in Part if self.parts[part]},
            "changes": [change.as_json() for change in self.changes],
        }


def outcome(policy: Policy, past: Past) -> Outcome:
    """Decide again, by another rule."""
    decided = decide(policy, past.marks, past.written, past.target)
    if isinstance(decided, NeedsCoordinator):
        return None
    return decided.oral, decided.overall, decided.certificate is not None


def moved_by(policy: Policy, past: Past) -> tuple[Part, ...]:
    """Return the parts of the rule at which the outcome moves, in their order."""
    parts, before = [], past.outcome
    for part, step in between(past.policy, policy):
        after = outcome(step, past)
        if after != before:
            parts.append(part)
        before = after
    return tuple(parts)


@lru_cache(maxsize=64)
def between(was: Policy, now: Policy) -> tuple[tuple[Part, Policy], ...]:
    """Return the rules on the way from one to another, each with the part that has changed."""
    steps, before = [], was
    for part, step in _steps(was, now):
        if (step.oral, step.overall) != (before.oral, before.overall):
            steps.append((part, step))
        before = step
    return tuple(steps)


def _steps(was: Policy, now: Policy) -> Iterator[tuple[Part, Policy]]:
    old, new, step = was.oral, now.oral, was
    if OralKind.CONJUNCTIVE in (old.kind, new.kind):
        oral = replace(new, allowed_not_assessable=old.allowed_not_assessable)
        yield Part.ORAL, (step := replace(step, oral=oral))
        yield Part.NOT_ASSESSABLE, (step := replace(step, oral=new))
    else:
        oral = replace(old, allowed_not_assessable=new.allowed_not_assessable)
        yield Part.NOT_ASSESSABLE, (step := replace(step, oral=oral))
        yield Part.WEIGHTS, (step := replace(step, oral=replace(oral, weights=new.weights)))
        capped = replace(new, rounding=old.rounding)
        yield Part.CAP, (step := replace(step, oral=capped))
        yield Part.ROUNDING, (step := replace(step, oral=new))
    means = (OverallKind.MEAN, OverallKind.ORAL_WEIGHTED)
    if was.overall.kind not in means or now.overall.kind not in means:
        yield Part.OVERALL, replace(step, overall=now.overall)
        return
    weighed = replace(now.overall, rounding=was.overall.rounding, cap_levels=was.overall.cap_levels)
    yield Part.OVERALL_WEIGHTS, replace(step, overall=weighed)
    rounded = replace(now.overall, cap_levels=was.overall.cap_levels)
    yield Part.OVERALL_ROUNDING, replace(step, overall=rounded)
    yield Part.OVERALL_CAP, replace(step, overall=now.overall)


def _plain(come_to: Outcome) -> list[Any] | None:
    return None if come_to is None else [come_to[0].value, come_to[1].value, come_to[2]]
