"""The scripts of the oral and the cards that come with the product, read from `content/`.

`LANGUAGES` says in which languages they are written; asking for another one is an error that the
caller can show. The database keeps each card's `content` as the same JSON.
"""

from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from enrolment.fields import Field as ProfessionalField
from kernel.bilingual import Bilingual, PlainText
from kernel.levels import LEVELS, Level

LANGUAGES: Final = ("en", "fr", "es", "de", "it")
ROLE_PLAY: Final = 2
DISCUSSION: Final = 3
PROMPT_KEYS: Final = 9
"""Prompts of a group or card answer to the keys 1 to 9."""

Prompts = Annotated[tuple[PlainText, ...], Field(min_length=4, max_length=6)]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Prompt(_Content):
    """A question of part 1, and the same in easier words for whoever did not follow it.

    `level` is that of the language which a full answer takes.
    """

    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+-[1-9]$")]
    level: Level
    text: PlainText
    simpler: PlainText


class PromptGroup(_Content):
    """Questions on one subject, the easiest first; those of a field are for who works in it."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    field: ProfessionalField
    name: Bilingual
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1, max_length=PROMPT_KEYS)]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        for before, after in pairwise(self.prompts):
            if LEVELS.index(after.level) < LEVELS.index(before.level):
                raise ValueError(f"{after.key} is easier than {before.key}, which it follows")
        return self


class ScriptPart(_Content):
    """One part: what the evaluator does (both languages) and says (the language examined)."""

    number: Literal[1, 2, 3]
    name: Bilingual
    instructions: Annotated[tuple[Bilingual, ...], Field(min_length=1)]
    opening: Annotated[tuple[PlainText, ...], Field(min_length=1)]
    closing: PlainText
    groups: tuple[PromptGroup, ...] = ()


class Script(_Content):
    """The script of an oral in one language: its three parts, in order."""

    language: str
    version: Annotated[int, Field(ge=1)]
    parts: tuple[ScriptPart, ScriptPart, ScriptPart]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if [part.number for part in self.parts] != [1, 2, 3]:
            raise ValueError("a script has the parts 1, 2 and 3, in order")
        keys = [prompt.key for group in self.parts[0].groups for prompt in group.prompts]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError("part 1 has prompts, each with a key of its own")
        return self

    def part(self, number: int) -> ScriptPart:
        """Give part 1, 2 or 3; raise KeyError for another number."""
        for part in self.parts:
            if part.number == number:
                return part
        raise KeyError(number)


class CardContent(_Content):
    """What stands on a card, all in the language examined.

    The candidate sees `title`, `situation` and `instructions`; `role` (whom the evaluator plays,
    or the stance to take in a discussion), `prompts` and `elicit` are for the evaluator alone.
    """

    title: PlainText
    situation: PlainText
    instructions: Annotated[tuple[PlainText, ...], Field(min_length=1, max_length=4)]
    role: PlainText
    prompts: Prompts
    elicit: Annotated[tuple[PlainText, ...], Field(min_length=1, max_length=3)]


class LibraryCard(_Content):
    """A card with what it is chosen by; `part` is `ROLE_PLAY` or `DISCUSSION`."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[abc][12]-(role|talk)-[a-z]+-\d+$")]
    language: str
    part: Literal[2, 3]
    level: Level
    field: ProfessionalField
    content: CardContent

    @model_validator(mode="after")
    def _check_code(self) -> Self:
        kind = "role" if self.part == ROLE_PLAY else "talk"
        start = f"{self.language}-{self.level.lower()}-{kind}-{self.field}-"
        if not self.code.startswith(start):
            raise ValueError(f"{self.code}: the code says something else than the card")
        return self


_CARDS: Final = TypeAdapter(tuple[LibraryCard, ...])


def script(language: str = "en") -> Script:
    """Give the script in a language; raise LookupError when none is written in it."""
    _must_be_written(language)
    return _script(language)


def cards(language: str = "en") -> tuple[LibraryCard, ...]:
    """Give every card of a language, by level; raise LookupError when none is written in it."""
    _must_be_written(language)
    return _cards(language)


def every_card() -> list[LibraryCard]:
    """Give the cards of all languages."""
    return [card for language in LANGUAGES for card in cards(language)]


def _must_be_written(language: str) -> None:
    if language not in LANGUAGES:
        raise LookupError(f"no oral is written in {language!r} yet")


@lru_cache
def _script(language: str) -> Script:
    return Script.model_validate_json(_read(language, "script"))


@lru_cache
def _cards(language: str) -> tuple[LibraryCard, ...]:
    cards = [
        card
        for level in LEVELS
        for card in _CARDS.validate_json(_read(language, "cards", f"-{level.lower()}"))
    ]
    if len({card.code for card in cards}) != len(cards):
        raise ValueError("two cards have the same code")
    return tuple(cards)


def _read(language: str, what: str, which: str = "") -> str:
    file = files("rooms").joinpath(f"content/{what}-{language}{which}.json")
    return file.read_text(encoding="utf-8")
