"""What a page of the test shows: the open question, what is left of it and of the test; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from written_test.models import Step, WrittenTest


@dataclass(frozen=True)
class Scene:
    """What a page shows: the open question and its time left; none once the test has ended.

    None either where an answer was given behind open help. `back`: seconds of a pause that runs.
    """

    test: WrittenTest
    step: Step | None
    left: float
    back: float = 0.0

    @property
    def lost_left(self) -> float:
        """Return how many seconds of lost time may still be given back."""
        return max(0.0, float(self.test.rules["lost_seconds"]) - self.test.lost_s - self.back)

    @property
    def questions_left(self) -> tuple[int, int]:
        """Return how many questions the test still needs, at least and at most, the open one too.

        (0, 0) where the question was chosen before these were counted.
        """
        scored = None if self.step is None else self.step.why.get("scored")
        if scored is None:
            return 0, 0
        rules = self.test.rules
        return max(1, rules["shortest"] - scored), max(1, rules["longest"] - scored)

    @property
    def minutes_left(self) -> int:
        """Return how many minutes the test may still take from the open question on, rounded up."""
        return math.ceil(time_left(self.test) / 60)

    @property
    def swaps_left(self) -> int:
        """Return how many questions may still be replaced."""
        return max(0, int(self.test.rules["swaps"]) - self.test.swaps)


def time_left(test: WrittenTest) -> float:
    """Return how many seconds of the whole test its closed questions have left."""
    return float(test.rules["minutes"]) * 60 * float(test.rules["factor"]) - test.spent_s
