"""Whether an answer is right: one truth per scored part of the question; pure.

Several things asked in one part (gaps, pairs, an order, every right option) are right together
or not at all, as the three-parameter model wants.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from written_test.questions.kinds import (
    Answer,
    Body,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Ordering,
    Reading,
    Single,
)

_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-"})
_BLANKS: Final = re.compile(r"\s+")


def grade(body: Body, answer: Answer) -> tuple[bool, ...]:  # noqa: PLR0911 -- one line per kind
    """Return, for each scored part, whether it is right; what was left empty is wrong."""
    match body:
        case Single():
            return (answer.choices == [body.right],)
        case Multiple():
            return (set(answer.choices) == body.right,)
        case GapChoice():
            return (all(answer.gaps.get(gap.key) == gap.right for gap in body.gaps),)
        case GapFree():
            return (
                all(
                    plain(answer.gaps.get(gap.key, "")) in {plain(one) for one in gap.accepted}
                    for gap in body.gaps
                ),
            )
        case Ordering():
            return (answer.order == [one.key for one in body.elements],)
        case Matching():
            return (answer.pairs == body.pairs,)
        case Reading():
            return tuple(set(answer.questions.get(q.key, ())) == q.right for q in body.questions)


def plain(words: str) -> str:
    """Return words as they are compared: case, kinds of apostrophe, blanks and a final dot aside.

    >>> plain("  I’ve  Been. ")
    "i've been"
    """
    one = unicodedata.normalize("NFKC", words).translate(_APOSTROPHES).casefold()
    return _BLANKS.sub(" ", one).strip().rstrip(".").strip()
