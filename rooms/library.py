"""What is said and shown in an oral: the script and the cards of one language, as one whole.

It comes in files of one form, which people exchange too: those of `content/` come with the
product, each named by the set that it is published as (`rooms.content_sets`).
"""

from collections import Counter
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from enrolment.fields import Field as ProfessionalField
from kernel import unfit
from kernel.bilingual import Bilingual, PlainText
from kernel.errors import N_
from kernel.levels import LEVELS, Level
from people.languages import Language

FOLDER: Final = files("rooms").joinpath("content")
ROLE_PLAY: Final = 2
DISCUSSION: Final = 3
PLACES: Final = tuple((part, level) for part in (ROLE_PLAY, DISCUSSION) for level in LEVELS)
"""Where an oral needs a card for everybody: a field without its own takes the general one."""
PROMPT_KEYS: Final = 9
"""Prompts of a group or card answer to the keys 1 to 9."""

Prompts = Annotated[tuple[PlainText, ...], Field(min_length=4, max_length=6)]


unfit.explain(
    {
        "prompt_order": N_("%(after)s est plus facile que %(before)s, qui la précède"),
        "script_parts": N_("un déroulé a les parties 1, 2 et 3, dans cet ordre"),
        "prompt_keys": N_("la partie 1 a des questions, chacune avec sa clé"),
        "card_code": N_("le code %(code)s dit autre chose que la carte"),
        "code_twice": N_("deux cartes ont le code %(code)s"),
        "code_language": N_("le code %(code)s commence par une autre langue"),
    }
)


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
                raise PydanticCustomError(
                    "prompt_order",
                    "{after} is easier than {before}, which it follows",
                    {"after": after.key, "before": before.key},
                )
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
    """The script of an oral: its three parts, in order."""

    parts: tuple[ScriptPart, ScriptPart, ScriptPart]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if [part.number for part in self.parts] != [1, 2, 3]:
            raise PydanticCustomError("script_parts", "a script has the parts 1, 2 and 3, in order")
        keys = [prompt.key for group in self.parts[0].groups for prompt in group.prompts]
        if not keys or len(set(keys)) != len(keys):
            raise PydanticCustomError(
                "prompt_keys", "part 1 has prompts, each with a key of its own"
            )
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
    """A card with what it is chosen by; `part` is `ROLE_PLAY` or `DISCUSSION`.

    The same code in another set is the same card: whoever saw it in one has seen it in all.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[abc][12]-(role|talk)-[a-z]+-\d+$")]
    part: Literal[2, 3]
    level: Level
    field: ProfessionalField
    content: CardContent

    @model_validator(mode="after")
    def _check_code(self) -> Self:
        kind = "role" if self.part == ROLE_PLAY else "talk"
        if not self.code[2:].startswith(f"-{self.level.lower()}-{kind}-{self.field}-"):
            raise PydanticCustomError(
                "card_code",
                "{code}: the code says something else than the card",
                {"code": self.code},
            )
        return self


class OralContent(_Content):
    """All that is said and shown in the orals of one language, under the name of a set."""

    name: Annotated[str, StringConstraints(max_length=60)]
    language: Language
    script: Script
    cards: tuple[LibraryCard, ...]

    @model_validator(mode="after")
    def _check_codes(self) -> Self:
        for code, times in Counter(card.code for card in self.cards).items():
            if times > 1:
                raise PydanticCustomError(
                    "code_twice", "{code}: two cards have this code", {"code": code}
                )
            if not code.startswith(f"{self.language}-"):
                raise PydanticCustomError(
                    "code_language", "{code}: a code begins with the language", {"code": code}
                )
        return self

    def missing(self) -> list[tuple[int, Level]]:
        """Return the parts and levels without a card for everybody."""
        general = ProfessionalField.GENERAL
        have = {(card.part, card.level) for card in self.cards if card.field is general}
        return [place for place in PLACES if place not in have]

    def as_json(self) -> dict[str, Any]:
        """Return what a file of this content holds."""
        return self.model_dump(mode="json")


def brought() -> list[OralContent]:
    """Return what comes with the product, by the name of each set."""
    names = sorted(file.name for file in FOLDER.iterdir() if file.name.endswith(".json"))
    return [_read(name) for name in names]


def written(language: Language) -> OralContent | None:
    """Return what comes with the product in a language, or None."""
    return next((content for content in brought() if content.language == language), None)


@lru_cache
def _read(name: str) -> OralContent:
    return OralContent.model_validate_json(FOLDER.joinpath(name).read_text(encoding="utf-8"))
