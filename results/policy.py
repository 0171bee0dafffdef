"""Policies: how marks become the oral level, and oral and written the overall level.

A policy is data: named with its version, published before it is used, never edited afterwards.
Arithmetic is exact (thirds as integers, means as fractions); no clock, no database. What the
default policy says, and why, with worked examples: docs/decisions/0001-default-policy.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter
from pydantic_core import PydanticCustomError

from kernel import unfit
from kernel.errors import N_
from kernel.levels import Level
from rubrics.scale import THIRDS_PER_LEVEL

MAX_WEIGHT: Final = 100


unfit.explain(
    {
        "rule_weight": N_("un poids est un nombre entier de 1 à %(most)d"),
        "rule_oral_weight": N_("l'oral pèse plus que l'écrit, sinon choisissez la moyenne simple"),
        "rule_matrix": N_("la table baisse quand un niveau monte"),
        "rule_below": N_("au moins un critère est au niveau"),
        "rule_assessable": N_("au moins un critère a une note"),
    }
)


class OralKind(StrEnum):
    """How the marks of the criteria become one level."""

    WEIGHTED_MEAN = "weighted_mean"
    CAPPED_MEAN = "capped_mean"
    CONJUNCTIVE = "conjunctive"


class OverallKind(StrEnum):
    """How the published oral and written levels become the overall level."""

    MEAN = "mean"
    ORAL_WEIGHTED = "oral_weighted"
    LOWEST = "lowest"
    MATRIX = "matrix"


class Rounding(StrEnum):
    """How a mean between two levels becomes a level."""

    HALF_UP = "half_up"
    DOWN = "down"


def _pairs(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


Weights = Annotated[
    tuple[tuple[str, int], ...],
    BeforeValidator(_pairs),
    PlainSerializer(dict, return_type=dict[str, int]),
]
"""Weight of each criterion, in the grid's order; in JSON, an object."""


@dataclass(frozen=True, slots=True)
class OralRule:
    """From the marks to the oral level.

    The means round by `rounding`; `CAPPED_MEAN` first holds the mean to at most `cap_thirds`
    above the weakest criterion. `CONJUNCTIVE` gives the highest level that every criterion
    reaches (B2 asks for B2, 12 thirds), of which at most `allowed_below` may stand one third
    lower (B2-); it uses neither weights nor rounding. More than `allowed_not_assessable`
    criteria without a mark send the oral to the coordinator.
    """

    kind: OralKind
    weights: Weights
    rounding: Rounding = Rounding.HALF_UP
    cap_thirds: int | None = None
    allowed_below: int = 0
    allowed_not_assessable: int = 1

    def __post_init__(self) -> None:
        """Raise ValueError unless the rule can be applied to every sheet of marks."""
        keys = [key for key, _ in self.weights]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError("the weights name each criterion once")
        if not all(1 <= weight <= MAX_WEIGHT for _, weight in self.weights):
            raise PydanticCustomError(
                "rule_weight", "a weight is an integer from 1 to {most}", {"most": MAX_WEIGHT}
            )
        if (self.kind is OralKind.CAPPED_MEAN) != (self.cap_thirds is not None):
            raise ValueError("a capped mean, and it alone, has a cap")
        if self.cap_thirds is not None and self.cap_thirds < 0:
            raise ValueError("a cap is never below the weakest criterion")
        if not 0 <= self.allowed_below < len(keys):
            raise PydanticCustomError("rule_below", "at least one criterion must be at the level")
        if self.allowed_below and self.kind is not OralKind.CONJUNCTIVE:
            raise ValueError("only a conjunctive rule lets criteria stand below")
        if not 0 <= self.allowed_not_assessable < len(keys):
            raise PydanticCustomError(
                "rule_assessable", "at least one criterion must be assessable"
            )

    @property
    def criteria(self) -> tuple[str, ...]:
        """List the keys of the criteria, in the grid's order."""
        return tuple(key for key, _ in self.weights)


@dataclass(frozen=True, slots=True)
class OverallRule:
    """From the two published levels to the overall one.

    `MEAN` and `ORAL_WEIGHTED` are means of the levels' ranks, rounded, then held to at most
    `cap_levels` above the lower of the two (None: no cap). `MATRIX` reads
    `matrix[oral rank][written rank]`, seven rows of seven levels that never fall when either
    level rises.
    """

    kind: OverallKind
    oral_weight: int = 1
    written_weight: int = 1
    rounding: Rounding = Rounding.DOWN
    cap_levels: int | None = None
    matrix: tuple[tuple[Level, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless the rule can be applied to every pair of levels."""
        for weight in (self.oral_weight, self.written_weight):
            if not 1 <= weight <= MAX_WEIGHT:
                raise PydanticCustomError(
                    "rule_weight", "a weight is an integer from 1 to {most}", {"most": MAX_WEIGHT}
                )
        weighted = self.kind is OverallKind.ORAL_WEIGHTED
        if weighted != (self.oral_weight > self.written_weight) or (
            not weighted and self.oral_weight != self.written_weight
        ):
            raise PydanticCustomError(
                "rule_oral_weight", "the oral weighs more in an oral-weighted rule, and there only"
            )
        means = (OverallKind.MEAN, OverallKind.ORAL_WEIGHTED)
        if self.cap_levels is not None and (self.cap_levels < 0 or self.kind not in means):
            raise ValueError("only a mean has a cap, and never below the lower level")
        if (self.kind is OverallKind.MATRIX) != (self.matrix is not None):
            raise ValueError("a matrix rule, and it alone, has a matrix")
        if self.matrix is not None:
            _check_matrix(self.matrix)


@dataclass(frozen=True, slots=True)
class Policy:
    """A published way to decide; `name` carries its version and stands on every verdict."""

    name: str
    oral: OralRule
    overall: OverallRule

    def __post_init__(self) -> None:
        """Raise ValueError when the policy has no name."""
        if not self.name.strip():
            raise ValueError("a policy has a name")

    def as_json(self) -> dict[str, Any]:
        """Give the policy as plain JSON values, every field written out."""
        written: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return written


def read_policy(data: object) -> Policy:
    """Read a policy from plain JSON values; raise ValueError when it cannot be applied."""
    return _ADAPTER.validate_python(data)


def _check_weights(weights: list[int]) -> None:
    if not all(1 <= weight <= MAX_WEIGHT for weight in weights):
        raise PydanticCustomError(
            "rule_weight", "a weight is an integer from 1 to {most}", {"most": MAX_WEIGHT}
        )


def _check_matrix(matrix: tuple[tuple[Level, ...], ...]) -> None:
    size = len(Level)
    if len(matrix) != size or any(len(row) != size for row in matrix):
        raise ValueError(f"a matrix has {size} rows of {size} levels, below A1 included")
    for oral in range(size):
        for written in range(size):
            here = matrix[oral][written]
            if (oral and matrix[oral - 1][written] > here) or (
                written and matrix[oral][written - 1] > here
            ):
                raise PydanticCustomError("rule_matrix", "a matrix never falls when a level rises")


_ADAPTER: Final = TypeAdapter(Policy)

DEFAULT: Final = Policy(
    name="default-1",
    oral=OralRule(
        kind=OralKind.CAPPED_MEAN,
        weights=(
            ("listening", 1),
            ("pronunciation", 1),
            ("vocabulary", 1),
            ("fluency", 1),
            ("grammar", 1),
            ("interaction", 1),
        ),
        rounding=Rounding.HALF_UP,
        cap_thirds=THIRDS_PER_LEVEL,
        allowed_not_assessable=1,
    ),
    overall=OverallRule(kind=OverallKind.MEAN, rounding=Rounding.DOWN, cap_levels=1),
)
"""The policy of a certification that has chosen no other."""
