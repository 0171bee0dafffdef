"""What is right in a question: for whoever looks after a bank, never for a candidate; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from written_test.questions.kinds import (
    Answer,
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
from written_test.questions.showing import shown_text


@dataclass(frozen=True, slots=True)
class Solved:
    """One thing that is asked (empty when the question asks one thing), and what is right."""

    asked: str
    right: tuple[str, ...]


def solution(body: Body, pictures: str = "") -> tuple[Solved, ...]:  # noqa: PLR0911 -- by kind
    """Return what is right, in the words of the question; every accepted answer of a free gap.

    `pictures` is the address that the names of its pictures are added to.
    """

    def texts(options: Iterable[Option], keys: Iterable[str]) -> tuple[str, ...]:
        wanted = set(keys)
        return tuple(
            shown_text(body, option.text, pictures) for option in options if option.key in wanted
        )

    match body:
        case Single():
            return (Solved("", texts(body.options, [body.right])),)
        case Multiple():
            return (Solved("", texts(body.options, body.right)),)
        case GapChoice():
            return tuple(
                Solved(str(number), texts(gap.options, [gap.right]))
                for number, gap in enumerate(body.gaps, 1)
            )
        case GapFree():
            return tuple(
                Solved(
                    str(number), (*gap.accepted, *(f"{low} … {high}" for low, high in gap.ranges))
                )
                for number, gap in enumerate(body.gaps, 1)
            )
        case Ordering():
            return (Solved("", tuple(shown_text(body, e.text, pictures) for e in body.elements)),)
        case Matching():
            return tuple(
                Solved(
                    shown_text(body, left.text, pictures),
                    texts(body.right, [body.pairs[left.key]]),
                )
                for left in body.left
            )
        case Reading():
            return tuple(
                Solved(
                    shown_text(body, question.prompt, pictures),
                    texts(question.options, question.right),
                )
                for question in body.questions
            )


def answer_key(body: Body) -> Answer:  # noqa: PLR0911 -- one line per kind
    """Return the right answer as a page would send it; of several, the first."""
    match body:
        case Single():
            return Answer(choices=[body.right])
        case Multiple():
            return Answer(choices=sorted(body.right))
        case GapChoice():
            return Answer(gaps={gap.key: gap.right for gap in body.gaps})
        case GapFree():
            return Answer(gaps={gap.key: gap.accepted[0] for gap in body.gaps})
        case Ordering():
            return Answer(order=[element.key for element in body.elements])
        case Matching():
            return Answer(pairs=dict(body.pairs))
        case Reading():
            return Answer(
                questions={question.key: sorted(question.right) for question in body.questions}
            )
