"""The order in which a question's options are shown: this module alone decides it; pure.

An order comes from the test's seed, the place of the step and the question's version, and from
nothing that changes: a reload, a replay, a coordinator's page draw the same. An answer names
options by their keys, so that it means the same in any order. Things are sorted by the SHA-256 of
seed, place, version, list and key: neither Python's version nor the order in the file weighs on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from written_test.questions.kinds import Option


@dataclass(frozen=True, slots=True)
class Order:
    """What decides every order within one question: seed, place in the test, code and version."""

    seed: int
    place: int
    code: str
    version: int = 1

    def of(self, things: Sequence[Option], within: str = "") -> tuple[Option, ...]:
        """Return options in this order; those that are fixed keep their place.

        `within` names the list where a question has several. The right order of elements to order
        may come out by chance, as any other: to forbid it would tell something.
        """
        moving = [thing for thing in things if not thing.fixed]
        drawn = iter(sorted(moving, key=lambda thing: self._draw(within, thing.key)))
        return tuple(thing if thing.fixed else next(drawn) for thing in things)

    def _draw(self, within: str, key: str) -> bytes:
        said = f"{self.seed}|{self.place}|{self.code}|{self.version}|{within}|{key}"
        return hashlib.sha256(said.encode()).digest()


def preview(code: str, version: int = 1) -> Order:
    """Return the order of a question that is looked at outside of any test, always the same."""
    return Order(0, 0, code, version)
