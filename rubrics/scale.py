"""The scale of the grid: seventeen values, a third of a level apart, from below A1 to C2.

A value is kept as its number of thirds (below A1 = 2, A1 = 3, A1+ = 4, A2- = 5, … C2 = 18), so
that every mean is exact. « Not assessable » is not a value of the scale and has no number.
"""

from enum import IntEnum
from fractions import Fraction
from typing import Final

from kernel.levels import Level, of_rank

THIRDS_PER_LEVEL: Final = 3
NOT_ASSESSABLE: Final = "not_assessable"


class Value(IntEnum):
    """A value of the scale; its integer is its number of thirds of a level."""

    BELOW_A1 = 2
    A1 = 3
    A1_PLUS = 4
    A2_MINUS = 5
    A2 = 6
    A2_PLUS = 7
    B1_MINUS = 8
    B1 = 9
    B1_PLUS = 10
    B2_MINUS = 11
    B2 = 12
    B2_PLUS = 13
    C1_MINUS = 14
    C1 = 15
    C1_PLUS = 16
    C2_MINUS = 17
    C2 = 18

    @property
    def code(self) -> str:
        """Give the value's stable name, as files and interfaces write it: `below_a1`, `A1+`."""
        if self is Value.BELOW_A1:
            return Level.BELOW.value
        return self.name.replace("_PLUS", "+").replace("_MINUS", "-")

    @property
    def level(self) -> Level:
        """Give the published level that the value belongs to: B1-, B1 and B1+ are B1."""
        return published(Fraction(int(self)))

    def label(self, locale: str) -> str:
        """Name the value for a person, in French (`fr`) or English (anything else)."""
        return Level.BELOW.label(locale) if self is Value.BELOW_A1 else self.code


LOWEST: Final = Value.BELOW_A1
HIGHEST: Final = Value.C2
_BY_CODE: dict[str, Value] = {mark.code: mark for mark in Value}
_LOWEST_A1: Final = Fraction(5, 2)


def parse(code: str) -> Value:
    """Read a value from its code (`B1-`); raise ValueError for anything off the scale."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise ValueError(f"{code!r} is not a value of the scale") from None


def mark_label(value: int | str, locale: str) -> str:
    """Name a mark as the grid does, « not assessable » included.

    `value` is a number of thirds or `NOT_ASSESSABLE`; raise ValueError for anything else.
    """
    if value == NOT_ASSESSABLE:
        return "Non évaluable" if locale.startswith("fr") else "Not assessable"
    return Value(int(value)).label(locale)


def published(thirds: int | Fraction) -> Level:
    """Round a value in thirds to the published level, half up.

    Between levels the boundary lies half a level under the upper one: 10.5 thirds are B2. The
    scale has no value between below A1 (2) and A1 (3), so that boundary lies halfway between
    those two: 2.5 thirds are A1. Raise ValueError outside 2 to 18.
    """
    if not LOWEST <= thirds <= HIGHEST:
        raise ValueError(f"{thirds} thirds are off the scale")
    if thirds < _LOWEST_A1:
        return Level.BELOW
    # Half a level more, rounded down: over whole numbers, which are quicker than fractions.
    return of_rank((2 * thirds + THIRDS_PER_LEVEL) // (2 * THIRDS_PER_LEVEL))
