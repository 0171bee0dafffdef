"""A question as its candidate sees it: never its right answer; in an order of its own; pure.

Options are shuffled unless their question says otherwise (`kinds`); elements to order and the right
column of a matching always are. The questions of a reading text follow it, and keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from written_test.questions.kinds import (
    GAP,
    Answer,
    Body,
    ChoiceGap,
    GapChoice,
    GapFree,
    Kind,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
    TextQuestion,
)
from written_test.questions.shuffling import Order

_PARAGRAPH: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a text to fill: by choosing among `options`, or by writing if there are none."""

    key: str
    number: int  # from 1, in the order of the text
    options: tuple[Option, ...] = ()
    width: int = 12  # characters that its field shows; says nothing of the answer


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a paragraph, or a gap in it."""

    text: str = ""
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about a reading text."""

    key: str
    prompt: str
    options: tuple[Option, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What `templates/written/question.html` draws; what a kind does not have is empty."""

    kind: Kind
    prompt: str
    title: str = ""
    passage: tuple[str, ...] = ()  # paragraphs of a text to read
    options: tuple[Option, ...] = ()
    paragraphs: tuple[tuple[Piece, ...], ...] = ()  # of a text with gaps
    gap_count: int = 0
    elements: tuple[Option, ...] = ()  # to put in order
    left: tuple[Option, ...] = ()
    right: tuple[Option, ...] = ()
    questions: tuple[Asked, ...] = ()


def show(body: Body, order: Order) -> QuestionView:
    """Return what a candidate sees of `body`, its options in `order`."""
    what: dict[str, Any] = {}
    match body:
        case Single() | Multiple():
            what["options"] = _options(body, order)
        case GapChoice():
            options = {gap.key: _options(gap, order, gap.key) for gap in body.gaps}
            what["paragraphs"] = _pieces(body.text, options)
            what["gap_count"] = len(body.gaps)
        case GapFree():
            what["paragraphs"] = _pieces(body.text, {gap.key: () for gap in body.gaps})
            what["gap_count"] = len(body.gaps)
        case Ordering():
            what["elements"] = order.of(_movable(body.elements))
        case Matching():
            what["left"] = body.left
            what["right"] = order.of(body.right)
        case Reading():
            what["title"] = body.title
            what["questions"] = tuple(
                Asked(asked.key, asked.prompt, _options(asked, order, asked.key), asked.several)
                for asked in body.questions
            )
    return QuestionView(body.kind, body.prompt, passage=paragraphs(body.passage), **what)


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, which blank lines part."""
    return tuple(part.strip() for part in _PARAGRAPH.split(text) if part.strip())


def _options(
    asked: Single | Multiple | ChoiceGap | TextQuestion, order: Order, within: str = ""
) -> tuple[Option, ...]:
    return order.of(asked.options, within) if asked.shuffle else asked.options


def _movable(elements: tuple[Option, ...]) -> tuple[Option, ...]:
    # They stand in the right order here: to leave one at its place would tell it.
    return tuple(element.model_copy(update={"fixed": False}) for element in elements)


def _pieces(text: str, options: dict[str, tuple[Option, ...]]) -> tuple[tuple[Piece, ...], ...]:
    number = 0
    shown = []
    for paragraph in paragraphs(text):
        pieces = []
        for index, part in enumerate(GAP.split(paragraph)):
            if index % 2:
                number += 1
                pieces.append(Piece(gap=Gap(part, number, options[part])))
            elif part:
                pieces.append(Piece(part))
        shown.append(tuple(pieces))
    return tuple(shown)


def answer_of(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what a form of `question.html` says, as `kinds.read_answer` takes it.

    `fields` are its names and values in their order on the page; other names are left aside.
    """
    answer = Answer()
    for name, value in fields:
        what, _, key = name.partition(":")
        if name == "choices":
            answer.choices.append(value)
        elif name == "order":
            answer.order.append(value)
        elif what == "gap" and key:
            answer.gaps[key] = value
        elif what == "pair" and key:
            answer.pairs[key] = value
        elif what == "question" and key:
            answer.questions.setdefault(key, []).append(value)
    return answer.model_dump()
