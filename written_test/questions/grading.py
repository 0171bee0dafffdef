"""Whether an answer is right: one truth per scored part of the question; pure.

Several things asked in one part (gaps, pairs, an order, every right option) are right together
or not at all, as the three-parameter model wants.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from written_test.questions.kinds import (
    Answer,
    Body,
    FreeGap,
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
            return (all(is_accepted(gap, answer.gaps.get(gap.key, "")) for gap in body.gaps),)
        case Ordering():
            return (answer.order == [choice.key for choice in body.elements],)
        case Matching():
            return (answer.pairs == body.pairs,)
        case Reading():
            return tuple(set(answer.questions.get(q.key, ())) == q.right for q in body.questions)


def is_accepted(gap: FreeGap, words: str) -> bool:
    """Tell whether what was written in a gap is right: one of its answers, or in its ranges."""
    answer = plain(words, case=gap.case, stop=gap.stop)
    if answer in {plain(right, case=gap.case, stop=gap.stop) for right in gap.accepted}:
        return True
    return any(
        Decimal(low) <= number <= Decimal(high)
        for number in numbers(words)
        for low, high in gap.ranges
    )


def plain(words: str, *, case: bool = False, stop: bool = False) -> str:
    """Return words as they are compared: kinds of apostrophe and blanks aside.

    So are capital letters, unless `case` counts, and a full stop at the end, unless `stop` does.

    >>> plain("  I’ve  Been. ")
    "i've been"
    """
    text = unicodedata.normalize("NFKC", words).translate(_APOSTROPHES)
    text = _BLANKS.sub(" ", text if case else text.casefold()).strip()
    return text if stop else text.rstrip(".").strip()


_MINUS: Final = str.maketrans({"−": "-", "–": "-"})
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,2})?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([ ,.'])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")


def numbers(words: str) -> tuple[Decimal, ...]:
    """Return the numbers that words may stand for: `4`, `4.0`, `4,00`, `1 250` and `1,250` too.

    A comma before three digits may part thousands or begin decimals, as languages differ: both.

    >>> [str(number) for number in numbers("1,250")]
    ['1.250', '1250']
    """
    text = " ".join(unicodedata.normalize("NFKC", words[:60]).translate(_MINUS).split())
    read = []
    if _NUMBER.fullmatch(text):
        read.append(Decimal(text.replace(",", ".")))
    if grouped := _GROUPED.fullmatch(text):
        joined = text.replace(grouped[1], "")
        read.append(Decimal(joined.replace(",", ".")))
    return tuple(read)
