"""A question as a file or a person gives it, before it becomes a row: tags, parameters, body; pure.

Parameters are those of the three-parameter logistic model without the constant 1.7:
P(right | theta) = c + (1 - c) / (1 + exp(-a (theta - b))).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from written_test.questions.kinds import (
    Body,
    GapChoice,
    Kind,
    Matching,
    Multiple,
    Ordering,
    Reading,
    Single,
    TextQuestion,
    parts_of,
    write_body,
)


class Skill(StrEnum):
    """The four skills of the written part."""

    VOCABULARY = "vocabulary"
    GRAMMAR = "grammar"
    EXPRESSIONS = "expressions"
    READING = "reading"


THIRDS: Final = tuple(
    f"{level}{mark}"
    for level in LEVELS
    for mark in ("-", "", "+")
    if f"{level}{mark}" not in ("A1-", "C2+")
)
"""Levels with thirds, as items are tagged: A1, A1+, A2-, … C2-, C2."""
_CENTRES: Final = dict(zip(LEVELS, (-2.45, -1.55, -0.65, 0.25, 1.15, 2.05), strict=True))
_THIRD: Final = 0.3

SECONDS: Final = {
    Kind.SINGLE: 45,
    Kind.MULTIPLE: 60,
    Kind.GAP_CHOICE: 60,
    Kind.GAP_FREE: 75,
    Kind.ORDERING: 90,
    Kind.MATCHING: 90,
}
READING_SECONDS: Final = 60
"""To read a text; each of its questions adds the time of a single choice."""
LEAST_SECONDS, MOST_SECONDS = 10, 900

LEAST_A, MOST_A = 0.05, 25.0
USUAL_A: Final = 5.0
"""A discrimination above is rare enough to be looked at again; it is not refused."""
MOST_B: Final = 6.0
MOST_C: Final = 0.6


@dataclass(frozen=True, slots=True)
class Parameters:
    """How one scored part behaves: discrimination a, difficulty b, pseudo-guessing c."""

    a: float
    b: float
    c: float

    def __post_init__(self) -> None:
        """Raise ValueError when no calibration can have given these."""
        if not LEAST_A <= self.a <= MOST_A:
            msg = f"a = {self.a:g} is not between {LEAST_A} and {MOST_A}"
            raise ValueError(msg)
        if not -MOST_B <= self.b <= MOST_B:
            msg = f"b = {self.b:g} is not between {-MOST_B:g} and {MOST_B:g}"
            raise ValueError(msg)
        if not 0 <= self.c <= MOST_C:
            msg = f"c = {self.c:g} is not between 0 and {MOST_C}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Draft:
    """One question; `code` is its name in its bank, the same when it comes in again."""

    code: str
    body: Body
    skill: Skill
    level: str  # one of THIRDS
    field: Field = Field.GENERAL
    seconds: int = 0  # 0: the usual time of its kind
    parameters: tuple[Parameters, ...] = ()  # one per scored part; (): expected ones
    calibrated: bool = False
    audio: str = ""  # name of the sound in its package
    audio_data: bytes = dataclasses.field(default=b"", repr=False)
    pictures: tuple[tuple[str, bytes], ...] = dataclasses.field(default=(), repr=False)
    hidden: bool = False  # its file keeps it out of use: it comes in as a draft

    def __post_init__(self) -> None:
        """Raise ValueError when the question cannot be asked as it is."""
        if not self.code.strip() or len(self.code) > 120:
            raise ValueError("a question needs a code of at most 120 characters")
        if self.level not in THIRDS:
            msg = f"{self.level!r} is no level with thirds"
            raise ValueError(msg)
        if self.seconds and not LEAST_SECONDS <= self.seconds <= MOST_SECONDS:
            msg = f"{self.seconds} s is not between {LEAST_SECONDS} and {MOST_SECONDS}"
            raise ValueError(msg)
        if self.parameters and len(self.parameters) != parts_of(self.body):
            msg = (
                f"{len(self.parameters)} sets of a, b, c for "
                f"{parts_of(self.body)} questions that are scored"
            )
            raise ValueError(msg)

    @property
    def time(self) -> int:
        """Return the seconds that the question gives, before anybody's extra time."""
        return self.seconds or usual_seconds(self.body)

    @property
    def shape(self) -> tuple[Parameters, ...]:
        """Return the parameters, expected ones where nothing was calibrated."""
        return self.parameters or expected(self.body, self.level)

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that a candidate or the engine would notice."""
        shape = [[part.a, part.b, part.c] for part in self.shape]
        content: dict[str, Any] = {
            "body": write_body(self.body),
            "skill": str(self.skill),
            "level": self.level,
            "field": str(self.field),
            "seconds": self.time,
            "parameters": shape,
            "calibrated": self.calibrated,
            "audio": hashlib.sha256(self.audio_data).hexdigest() if self.audio_data else "",
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def usual_seconds(body: Body) -> int:
    """Return the time that questions of this kind usually give."""
    if isinstance(body, Reading):
        return READING_SECONDS + SECONDS[Kind.SINGLE] * len(body.questions)
    return SECONDS[body.kind]


def difficulty_of(level: str) -> float:
    """Return the difficulty at the middle of a level with thirds, on the bank's scale."""
    centre = _CENTRES[Level(level.rstrip("+-"))]
    return round(centre + _THIRD * (level.endswith("+") - level.endswith("-")), 3)


def expected(body: Body, level: str) -> tuple[Parameters, ...]:
    """Return parameters for a question that nobody has calibrated: from its level and kind.

    a = 1, b in the middle of its level, c the chance of a blind guess. A guess of the field's
    practice, not a calibration: the bank says which items were never calibrated.
    """
    b = difficulty_of(level)
    if isinstance(body, Reading):
        return tuple(Parameters(1.0, b, _blind(question)) for question in body.questions)
    return (Parameters(1.0, b, _blind(body)),)


def _blind(body: Body | TextQuestion) -> float:
    chance = 0.0
    if isinstance(body, Single) or (isinstance(body, TextQuestion) and not body.several):
        chance = 1 / len(body.options)
    elif isinstance(body, Multiple | TextQuestion):
        chance = 1 / (2 ** len(body.options) - 1)
    elif isinstance(body, GapChoice):
        chance = math.prod(1 / len(gap.options) for gap in body.gaps)
    elif isinstance(body, Ordering | Matching):
        things = body.elements if isinstance(body, Ordering) else body.right
        chance = 1 / math.factorial(len(things))
    return round(chance, 3)
