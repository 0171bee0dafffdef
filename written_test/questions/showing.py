"""A question as its candidate sees it: never its right answer; in an order of its own; pure.

Options are shuffled unless their question says otherwise (`kinds`); elements to order and the right
column of a matching always are. The questions of a reading text follow it, and keep their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from written_test.questions import markup
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


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen, placed or matched; `words` is its text without any marks."""

    key: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a text to fill: by choosing among `options`, or by writing if there are none."""

    key: str
    number: int  # from 1, in the order of the text
    options: tuple[Choice, ...] = ()
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
    options: tuple[Choice, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What `templates/written/question.html` draws; what a kind does not have is empty.

    Texts are plain ones, or `Markup` where the question is formatted.
    """

    kind: Kind
    prompt: str
    title: str = ""
    passage: tuple[Markup, ...] = ()  # paragraphs and blocks of a text to read
    options: tuple[Choice, ...] = ()
    paragraphs: tuple[tuple[Piece, ...], ...] = ()  # of a text with gaps
    gap_count: int = 0
    elements: tuple[Choice, ...] = ()  # to put in order
    left: tuple[Choice, ...] = ()
    right: tuple[Choice, ...] = ()
    questions: tuple[Asked, ...] = ()


def show(body: Body, order: Order, pictures: str = "") -> QuestionView:
    """Return what a candidate sees of `body`, its options in `order`.

    `pictures` is the address that the names of its pictures are added to.
    """
    words = _Words(body.markup == "html", pictures)
    what: dict[str, Any] = {}
    match body:
        case Single() | Multiple():
            what["options"] = words.choices(_options(body, order))
        case GapChoice():
            options = {gap.key: words.choices(_options(gap, order, gap.key)) for gap in body.gaps}
            what["paragraphs"] = words.pieces(body.text, options)
            what["gap_count"] = len(body.gaps)
        case GapFree():
            what["paragraphs"] = words.pieces(body.text, {gap.key: () for gap in body.gaps})
            what["gap_count"] = len(body.gaps)
        case Ordering():
            what["elements"] = words.choices(order.of(_movable(body.elements)))
        case Matching():
            what["left"] = words.choices(body.left)
            what["right"] = words.choices(order.of(body.right))
        case Reading():
            what["title"] = body.title
            what["questions"] = tuple(
                Asked(
                    question.key,
                    words.text(question.prompt),
                    words.choices(_options(question, order, question.key)),
                    question.several,
                )
                for question in body.questions
            )
    passage = words.blocks(body.passage)
    return QuestionView(body.kind, words.text(body.prompt), passage=passage, **what)


def shown_text(body: Body, text: str, pictures: str = "") -> str:
    """Return a text of `body` as a page may show it: `Markup` where the question is formatted."""
    return _Words(body.markup == "html", pictures).text(text)


@dataclass(frozen=True, slots=True)
class _Words:
    """How the texts of a question are written for a page."""

    formatted: bool
    pictures: str

    def text(self, text: str) -> str:
        # Nothing but the marks of `markup.py` stands in it: a question is checked when it is read.
        return Markup(markup.at(text, self.pictures)) if self.formatted else text  # noqa: S704

    def choices(self, options: Iterable[Option]) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                option.key,
                self.text(option.text),
                markup.bare(option.text) if self.formatted else option.text,
            )
            for option in options
        )

    def blocks(self, text: str) -> tuple[Markup, ...]:
        return tuple(
            Markup(self.text(paragraph))  # noqa: S704 -- as above
            if self.formatted and markup.is_block(paragraph)
            else Markup("<p>{}</p>").format(self.text(paragraph))
            for paragraph in markup.paragraphs(text)
        )

    def pieces(
        self, text: str, options: dict[str, tuple[Choice, ...]]
    ) -> tuple[tuple[Piece, ...], ...]:
        number = 0
        shown = []
        for paragraph in markup.paragraphs(text):
            pieces = []
            for index, part in enumerate(GAP.split(paragraph)):
                if index % 2:
                    number += 1
                    pieces.append(Piece(gap=Gap(part, number, options[part])))
                elif part:
                    pieces.append(Piece(self.text(part)))
            shown.append(tuple(pieces))
        return tuple(shown)


def _options(
    asked: Single | Multiple | ChoiceGap | TextQuestion, order: Order, within: str = ""
) -> tuple[Option, ...]:
    return order.of(asked.options, within) if asked.shuffle else asked.options


def _movable(elements: tuple[Option, ...]) -> tuple[Option, ...]:
    # They stand in the right order here: to leave one at its place would tell it.
    return tuple(element.model_copy(update={"fixed": False}) for element in elements)


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
