"""The levels that the certification publishes, in order: below A1, then A1 to C2."""

from enum import StrEnum


class Level(StrEnum):
    """A published level; compares by rank, so that `Level.B1 < Level.B2` and `max` mean it.

    `BELOW` is a result one can have, never a target, a card's level or a language's ceiling:
    whoever offers a choice offers `LEVELS` or `TARGETS`.
    """

    BELOW = "below_a1"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """Say how far up the level stands: 0 for below A1, 1 for A1, …, 6 for C2."""
        return _RANKS[self]

    def label(self, locale: str) -> str:
        """Name the level for a person, in French (`fr`) or English (anything else)."""
        if self is Level.BELOW:
            return "Inférieur à A1" if locale.startswith("fr") else "Below A1"
        return self.value

    # str already orders by letters, where "below_a1" would stand above "C2".
    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


_RANKS: dict[Level, int] = {level: rank for rank, level in enumerate(Level)}
_BY_RANK: tuple[Level, ...] = tuple(Level)

LEVELS: tuple[Level, ...] = _BY_RANK[1:]
"""The six levels of the framework, A1 to C2."""

TARGETS: tuple[Level, ...] = _BY_RANK[2:]
"""The levels that a certificate can be given for, A2 to C2."""


def of_rank(rank: int) -> Level:
    """Give the level of a rank from 0 (below A1) to 6 (C2); raise ValueError elsewhere."""
    if not 0 <= rank < len(_BY_RANK):
        raise ValueError(f"no level has rank {rank}")
    return _BY_RANK[rank]
