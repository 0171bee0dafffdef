"""Whether what a page sends can be an answer to a question; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from kernel.errors import N_, Invalid
from written_test.questions.kinds import (
    Answer,
    Body,
    GapChoice,
    GapFree,
    Kind,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
)

_FIELD: Final = {
    Kind.SINGLE: "choices",
    Kind.MULTIPLE: "choices",
    Kind.GAP_CHOICE: "gaps",
    Kind.GAP_FREE: "gaps",
    Kind.ORDERING: "order",
    Kind.MATCHING: "pairs",
    Kind.READING: "questions",
}


def read_answer(body: Body, given: object) -> Answer:
    """Return the answer that a page sent for this question.

    Raises:
        Invalid: it cannot be an answer to it (another kind, a key that it does not have).
    """
    try:
        answer = Answer.model_validate(given)
    except ValidationError:
        raise Invalid(N_("Cette réponse n'a pas pu être lue."), "answer") from None
    field = _FIELD[body.kind]
    others = {name for name in Answer.model_fields if getattr(answer, name)} - {field}
    if others or not _names_what_exists(body, answer):
        raise Invalid(N_("Cette réponse n'est pas celle de cette question."), "answer")
    return answer


def _names_what_exists(body: Body, answer: Answer) -> bool:  # noqa: PLR0911 -- one line per kind
    match body:
        case Single():
            return len(answer.choices) <= 1 and _known(answer.choices, body.options)
        case Multiple():
            return _known(answer.choices, body.options)
        case GapChoice():
            gaps = {gap.key: gap for gap in body.gaps}
            return all(
                key in gaps and (not chosen or _known([chosen], gaps[key].options))
                for key, chosen in answer.gaps.items()
            )
        case GapFree():
            return answer.gaps.keys() <= {gap.key for gap in body.gaps}
        case Ordering():
            return not answer.order or sorted(answer.order) == sorted(
                choice.key for choice in body.elements
            )
        case Matching():
            lefts = {choice.key for choice in body.left}
            rights = [key for key in answer.pairs.values() if key]
            return answer.pairs.keys() <= lefts and {*rights} <= {
                choice.key for choice in body.right
            }
        case Reading():
            questions = {question.key: question for question in body.questions}
            return all(
                key in questions
                and _known(chosen, questions[key].options)
                and (questions[key].several or len(chosen) <= 1)
                for key, chosen in answer.questions.items()
            )


def _known(keys: Sequence[str], options: Sequence[Option]) -> bool:
    return len(set(keys)) == len(keys) and {*keys} <= {option.key for option in options}
