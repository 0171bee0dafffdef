"""The grids that come with the product, read from `content/` and checked.

A grid is data: published with a version, never edited once used. A change is a new file with the
next version. The database keeps the grid of each performance as the same JSON (`Rubric.content`),
which `read_grid` reads as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kernel import unfit
from kernel.bilingual import Bilingual
from kernel.errors import N_
from kernel.levels import Level
from rubrics.scale import Value

Kept = TypeVar("Kept")

PRODUCT: Final = "grid"
"""What the grids that come with the product are called, before their version."""
LATEST: Final = 1
DESCRIPTOR_MAX: Final = 220
"""Characters that fit the two lines of a descriptor under the grid."""


unfit.explain(
    {
        "descriptors": N_("il en faut un pour chaque niveau"),
        "descriptor_long": N_("%(level)s : plus de %(most)d caractères"),
        "alike": N_("deux critères ont la même clé ou la même lettre"),
    }
)


class Criterion(BaseModel):
    """One criterion: its names, its key on the keyboard, its weight and a descriptor a band.

    `letter` opens a note for the criterion, in both languages: L for listening (l'oral), F for
    fluency (fluidité), and the initials of the four whose names agree.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    weight: Annotated[int, Field(ge=1, le=100)]
    name: Bilingual
    covers: Bilingual
    bands: dict[Level, Bilingual]

    @field_validator("bands")
    @classmethod
    def _order_bands(cls, bands: dict[Level, Bilingual]) -> dict[Level, Bilingual]:
        """Put the bands lowest first: PostgreSQL's JSON keeps no order of its own."""
        return {level: bands[level] for level in Level if level in bands}

    @model_validator(mode="after")
    def _check_bands(self) -> Self:
        if set(self.bands) != set(Level):
            raise PydanticCustomError("descriptors", "a descriptor for every level")
        for level, text in self.bands.items():
            if max(len(text.fr), len(text.en)) > DESCRIPTOR_MAX:
                raise PydanticCustomError(
                    "descriptor_long",
                    "{level}: more than {most} characters",
                    {"level": level.value, "most": DESCRIPTOR_MAX},
                )
        return self

    def descriptor(self, value: int, locale: str) -> str:
        """Describe the band that a value (in thirds) lies in; raise ValueError off the scale."""
        return self.bands[Value(value).level].say(locale)


class Grid(BaseModel):
    """A version of the grid: its criteria, in the order in which they are marked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    version: Annotated[int, Field(ge=1)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_distinct(self) -> Self:
        for what in ("key", "letter"):
            if len({getattr(criterion, what) for criterion in self.criteria}) < len(self.criteria):
                raise PydanticCustomError(
                    "alike", "two criteria have the same {what}", {"what": what}
                )
        return self

    @property
    def full_name(self) -> str:
        """Return the name with its version: what rows and pages call it."""
        return f"{self.name}-{self.version}"

    def as_json(self) -> dict[str, Any]:
        """Give the grid as plain JSON values."""
        return self.model_dump(mode="json")

    def renamed(self, full_name: str) -> Grid:
        """Return the same grid under another name with its version; raise ValueError for none."""
        name, _, version = full_name.rpartition("-")
        return Grid.model_validate(self.as_json() | {"name": name, "version": version})

    @property
    def keys(self) -> tuple[str, ...]:
        """List the criteria's keys, in order."""
        return tuple(criterion.key for criterion in self.criteria)

    def criterion(self, key: str) -> Criterion:
        """Give the criterion of that key; raise KeyError when the grid has none."""
        for criterion in self.criteria:
            if criterion.key == key:
                return criterion
        raise KeyError(key)

    def names(self, locale: str) -> dict[str, str]:
        """Map each criterion's key to its name in that language."""
        return {criterion.key: criterion.name.say(locale) for criterion in self.criteria}

    def in_order(self, values: Mapping[str, Kept]) -> list[tuple[str, Kept]]:
        """Return what is kept by criterion, in the grid's order: databases reorder JSON keys."""
        places = {criterion.key: place for place, criterion in enumerate(self.criteria)}
        return sorted(values.items(), key=lambda pair: places.get(pair[0], len(places)))


def read_grid(data: object) -> Grid:
    """Read a grid from plain JSON values; raise ValueError when it is incomplete."""
    return Grid.model_validate(data)


@lru_cache
def grid(version: int = LATEST) -> Grid:
    """Give a grid that comes with the product; raise FileNotFoundError for an unknown version."""
    file = files("rubrics").joinpath(f"content/grid-{version}.json")
    return Grid.model_validate_json(file.read_text(encoding="utf-8"))


def brought() -> list[Grid]:
    """Return the grids that come with the product."""
    return [grid(version) for version in range(1, LATEST + 1)]
