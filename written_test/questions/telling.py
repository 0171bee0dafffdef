"""What somebody answered, in words and in keys, a pair for each scored part of a question; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from written_test.questions import markup
from written_test.questions.kinds import (
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

BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered to one scored part: keys of what was chosen, and the words that say it."""

    keys: str = ""
    words: str = ""


NOTHING = Given()


class Teller:
    """Tell the answers to one question; made once for many answers."""

    def __init__(self, body: Body) -> None:
        """Read the words of the question's options."""
        self.body = body
        self._plain = markup.bare if body.markup == "html" else str
        match body:
            case Single() | Multiple():
                self._options = [self._words(body.options)]
            case GapChoice():
                self._options = [self._words(gap.options) for gap in body.gaps]
            case Ordering():
                self._options = [self._words(body.elements)]
            case Matching():
                self._options = [self._words(body.left), self._words(body.right)]
            case Reading():
                self._options = [self._words(asked.options) for asked in body.questions]
            case GapFree():
                self._options = []

    def _words(self, options: Iterable[Option]) -> dict[str, str]:
        return {option.key: " ".join(self._plain(option.text).split()) for option in options}

    def parts(self, answer: Mapping[str, Any] | None) -> tuple[Given, ...]:
        """Return what was answered, part by part, from what a step keeps of it (None: nothing)."""
        given = answer or {}
        match self.body:
            case Single() | Multiple():
                return (self._chosen(given.get("choices", ()), self._options[0]),)
            case Ordering():
                return (self._chosen(given.get("order", ()), self._options[0]),)
            case GapChoice():
                return (self._gaps(given.get("gaps", {})),)
            case GapFree():
                said = given.get("gaps", {})
                return (Given("", BETWEEN.join(said.get(gap.key, "") for gap in self.body.gaps)),)
            case Matching():
                return (self._pairs(given.get("pairs", {})),)
            case Reading():
                answers = given.get("questions", {})
                return tuple(
                    self._chosen(answers.get(asked.key, ()), words)
                    for asked, words in zip(self.body.questions, self._options, strict=True)
                )

    def _chosen(self, keys: Iterable[str], words: Mapping[str, str]) -> Given:
        chosen = list(keys)
        return Given(BETWEEN.join(chosen), BETWEEN.join(words.get(key, key) for key in chosen))

    def _gaps(self, chosen: Mapping[str, str]) -> Given:
        if not isinstance(self.body, GapChoice) or not any(chosen.values()):
            return NOTHING
        keys = [chosen.get(gap.key, "") for gap in self.body.gaps]
        words = [options.get(key, key) for key, options in zip(keys, self._options, strict=True)]
        return Given(BETWEEN.join(keys), BETWEEN.join(words))

    def _pairs(self, pairs: Mapping[str, str]) -> Given:
        left, right = self._options
        made = [(key, pairs[key]) for key in left if pairs.get(key)]
        return Given(
            BETWEEN.join(f"{key}={other}" for key, other in made),
            BETWEEN.join(f"{left[key]} = {right.get(other, other)}" for key, other in made),
        )
