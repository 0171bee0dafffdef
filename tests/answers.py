"""Right and wrong answers to questions of any kind, as a page would send them."""

from __future__ import annotations

from typing import Any

from written_test.questions.kinds import (
    Body,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Ordering,
    Reading,
    Single,
)
from written_test.questions.solving import answer_key


def right_answer(body: Body) -> dict[str, Any]:
    """Return the right answer, first variant where there are several."""
    return answer_key(body).model_dump(mode="json", exclude_defaults=True)


def wrong_answer(body: Body) -> dict[str, Any]:  # noqa: PLR0911 -- one line per kind
    """Return an answer of the right form that is wrong in every part."""
    match body:
        case Single():
            return {"choices": [next(o.key for o in body.options if o.key != body.right)]}
        case Multiple():
            return {"choices": [o.key for o in body.options if o.key not in body.right]}
        case GapChoice():
            return {
                "gaps": {
                    g.key: next(o.key for o in g.options if o.key != g.right) for g in body.gaps
                }
            }
        case GapFree():
            return {"gaps": {gap.key: "something else" for gap in body.gaps}}
        case Ordering():
            return {"order": [element.key for element in reversed(body.elements)]}
        case Matching():
            rights = [right.key for right in body.right]
            return {
                "pairs": {
                    left: next(r for r in rights if r != right)
                    for left, right in body.pairs.items()
                }
            }
        case Reading():
            return {
                "questions": {
                    question.key: [o.key for o in question.options if o.key not in question.right][
                        :1
                    ]
                    for question in body.questions
                }
            }
