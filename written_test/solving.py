"""What is right in a question, in words: for whoever looks after a bank, never for a candidate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from written_test.kinds import (
    Body,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
)


@dataclass(frozen=True, slots=True)
class Solved:
    """One thing that is asked (empty when the question asks one thing), and what is right."""

    asked: str
    right: tuple[str, ...]


def solution(body: Body) -> tuple[Solved, ...]:  # noqa: PLR0911 -- one line per kind
    """Return what is right, in the words of the question; every accepted answer of a free gap."""
    match body:
        case Single():
            return (Solved("", _texts(body.options, [body.right])),)
        case Multiple():
            return (Solved("", _texts(body.options, body.right)),)
        case GapChoice():
            return tuple(
                Solved(str(number), _texts(gap.options, [gap.right]))
                for number, gap in enumerate(body.gaps, 1)
            )
        case GapFree():
            return tuple(
                Solved(str(number), gap.accepted) for number, gap in enumerate(body.gaps, 1)
            )
        case Ordering():
            return (Solved("", tuple(one.text for one in body.elements)),)
        case Matching():
            return tuple(
                Solved(one.text, _texts(body.right, [body.pairs[one.key]])) for one in body.left
            )
        case Reading():
            return tuple(
                Solved(one.prompt, _texts(one.options, one.right)) for one in body.questions
            )


def _texts(options: Iterable[Option], keys: Iterable[str]) -> tuple[str, ...]:
    wanted = set(keys)
    return tuple(one.text for one in options if one.key in wanted)
