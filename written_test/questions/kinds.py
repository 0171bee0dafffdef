"""What a question holds, for each of the seven kinds, and what an answer to it looks like; pure.

`shuffle` says that options are shown in an order of each candidate's own, but for those `fixed`.

A question is one page with one timer. It has one scored part, or one per question of a reading
text. Keys of options, gaps and questions are short, stable and unique within their list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from written_test.questions import markup

MOST_OPTIONS: Final = 20
MOST_TEXT: Final = 12_000
GAP: Final = re.compile(r"\[\[([A-Za-z0-9_-]{1,32})\]\]")
"""How a gap stands in a text: `She [[1]] here since 2019.`"""

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,32}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TEXT)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TEXT)]


def _number(text: str) -> str:
    try:
        finite = Decimal(text).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        msg = f"{text!r} is no number"
        raise ValueError(msg)
    return text


Number = Annotated[str, StringConstraints(max_length=40), AfterValidator(_number)]
"""A decimal number, written so that nothing of it is lost."""


class Kind(StrEnum):
    """The seven kinds of question."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    GAP_CHOICE = "gap_choice"
    GAP_FREE = "gap_free"
    ORDERING = "ordering"
    MATCHING = "matching"
    READING = "reading"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Part):
    """One thing that can be chosen, placed or matched."""

    key: Key
    text: Short
    fixed: bool = False  # keeps its place where the others are shuffled


Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=MOST_OPTIONS)]


def _once(things: Sequence[Any], what: str) -> None:
    keys = [thing.key for thing in things]
    if len(set(keys)) != len(keys):
        msg = f"two {what} have the same key"
        raise ValueError(msg)


class _Body(_Part):
    prompt: Short
    passage: Annotated[str, StringConstraints(max_length=MOST_TEXT)] = ""  # a text to read above
    markup: Literal["plain", "html"] = "plain"  # html: what is shown are rich texts (`markup.py`)

    @model_validator(mode="after")
    def _check_markup(self) -> Self:
        if self.markup == "html":
            for text in shown_texts(self):
                if fault := markup.faults_of(text):
                    msg = f"{fault!r} may not stand in a formatted text"
                    raise ValueError(msg)
        return self


def shown_texts(thing: BaseModel) -> Iterator[str]:
    """Yield every text of a question that its candidate sees, but for its title."""
    for name, value in thing:
        if isinstance(value, str) and name in _SHOWN:
            yield value
        for part in value if isinstance(value, tuple) else ():
            if isinstance(part, BaseModel):
                yield from shown_texts(part)


def pictures_of(body: BaseModel) -> frozenset[str]:
    """Return the names of all pictures that a question shows."""
    return frozenset(name for text in shown_texts(body) for name in markup.pictures_in(text))


_SHOWN: Final = frozenset(("prompt", "passage", "text"))
"""Fields that hold rich texts where the question is formatted; a title is always plain."""


class Single(_Body):
    """One right option among several."""

    kind: Literal[Kind.SINGLE] = Kind.SINGLE
    options: Options
    right: Key
    shuffle: bool = True

    @model_validator(mode="after")
    def _check(self) -> Single:
        _once(self.options, "options")
        if self.right not in {option.key for option in self.options}:
            msg = "the right answer is none of the options"
            raise ValueError(msg)
        return self


class Multiple(_Body):
    """Every right option, and no other."""

    kind: Literal[Kind.MULTIPLE] = Kind.MULTIPLE
    options: Options
    right: Annotated[frozenset[Key], Field(min_length=1)]
    shuffle: bool = True

    @model_validator(mode="after")
    def _check(self) -> Multiple:
        _once(self.options, "options")
        if not self.right <= {option.key for option in self.options}:
            msg = "a right answer is none of the options"
            raise ValueError(msg)
        return self


class ChoiceGap(_Part):
    """A gap that is filled by choosing."""

    key: Key
    options: Options
    right: Key
    shuffle: bool = True

    @model_validator(mode="after")
    def _check(self) -> ChoiceGap:
        _once(self.options, "options of a gap")
        if self.right not in {option.key for option in self.options}:
            msg = "the right answer of a gap is none of its options"
            raise ValueError(msg)
        return self


class FreeGap(_Part):
    """A gap that is filled by writing; `accepted` holds every right answer.

    `case`: capital letters count. `stop`: so does a full stop at the end. `ranges`: any number
    from a low one to a high one is right too, however it is written.
    """

    key: Key
    accepted: Annotated[tuple[Short, ...], Field(min_length=1, max_length=40)]
    case: bool = False
    stop: bool = False
    ranges: Annotated[tuple[tuple[Number, Number], ...], Field(max_length=40)] = ()


def _check_gaps(text: str, gaps: Sequence[Any]) -> None:
    _once(gaps, "gaps")
    named = GAP.findall(text)
    if sorted(named) != sorted(gap.key for gap in gaps):
        msg = "the gaps of the text are not those that have answers"
        raise ValueError(msg)


class GapChoice(_Body):
    """A text whose gaps are filled by choosing."""

    kind: Literal[Kind.GAP_CHOICE] = Kind.GAP_CHOICE
    text: Text
    gaps: Annotated[tuple[ChoiceGap, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _check(self) -> GapChoice:
        _check_gaps(self.text, self.gaps)
        return self


class GapFree(_Body):
    """A text whose gaps are filled by writing."""

    kind: Literal[Kind.GAP_FREE] = Kind.GAP_FREE
    text: Text
    gaps: Annotated[tuple[FreeGap, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _check(self) -> GapFree:
        _check_gaps(self.text, self.gaps)
        return self


class Ordering(_Body):
    """Elements to put in order; they stand here in the right one."""

    kind: Literal[Kind.ORDERING] = Kind.ORDERING
    elements: Options

    @model_validator(mode="after")
    def _check(self) -> Ordering:
        _once(self.elements, "elements")
        return self


class Matching(_Body):
    """Each element of the left goes with one of the right, where some may be left over."""

    kind: Literal[Kind.MATCHING] = Kind.MATCHING
    left: Options
    right: Options
    pairs: dict[Key, Key]

    @model_validator(mode="after")
    def _check(self) -> Matching:
        _once(self.left, "elements of the left")
        _once(self.right, "elements of the right")
        if set(self.pairs) != {choice.key for choice in self.left}:
            msg = "each element of the left needs its match"
            raise ValueError(msg)
        if not set(self.pairs.values()) <= {choice.key for choice in self.right}:
            msg = "a match is none of the elements of the right"
            raise ValueError(msg)
        return self


class TextQuestion(_Part):
    """One question about a reading text; several right options make it a multiple choice."""

    key: Key
    prompt: Short
    options: Options
    right: Annotated[frozenset[Key], Field(min_length=1)]
    several: bool = False  # whether more than one may be ticked
    shuffle: bool = True

    @model_validator(mode="after")
    def _check(self) -> TextQuestion:
        _once(self.options, "options")
        if not self.right <= {option.key for option in self.options}:
            msg = "a right answer is none of the options"
            raise ValueError(msg)
        if len(self.right) > 1 and not self.several:
            msg = "a question with several right answers must let several be ticked"
            raise ValueError(msg)
        return self


class Reading(_Body):
    """A text and its questions, each of which is scored by itself."""

    kind: Literal[Kind.READING] = Kind.READING
    title: str = ""
    passage: Text
    questions: Annotated[tuple[TextQuestion, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _check(self) -> Reading:
        _once(self.questions, "questions")
        return self


Body = Annotated[
    Single | Multiple | GapChoice | GapFree | Ordering | Matching | Reading,
    Field(discriminator="kind"),
]
_BODY: TypeAdapter[Body] = TypeAdapter(Body)


def read_body(data: object) -> Body:
    """Return the question that plain JSON values describe.

    Raises:
        ValueError: it is no question of a known kind; the first reason is its text.
    """
    try:
        return _BODY.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        msg = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise ValueError(msg) from None


def write_body(body: Body) -> dict[str, Any]:
    """Return the question as plain JSON values, sets in order, so that equals give equals.

    What is usual (`_USUAL`) is left out: a question of before it existed stays the same one.
    """
    data: dict[str, Any] = _without_usual(_BODY.dump_python(body, mode="json"))
    _sort_sets(data)
    return data


_USUAL: Final = {
    "shuffle": True,
    "fixed": False,
    "markup": "plain",
    "case": False,
    "stop": False,
    "ranges": [],
}


def _without_usual(data: Any) -> Any:
    if isinstance(data, list):
        return [_without_usual(value) for value in data]
    if isinstance(data, dict):
        return {
            name: _without_usual(value)
            for name, value in data.items()
            if not (name in _USUAL and value == _USUAL[name])
        }
    return data


def _sort_sets(data: dict[str, Any]) -> None:
    if isinstance(data.get("right"), list) and data["kind"] == Kind.MULTIPLE:
        data["right"].sort()
    for question in data.get("questions", ()):
        question["right"].sort()


def parts_of(body: Body) -> int:
    """Return how many scored parts a question has."""
    return len(body.questions) if isinstance(body, Reading) else 1


MOST_GIVEN: Final = 600  # signs in a gap


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=MOST_GIVEN)


class Answer(_Given):
    """What somebody answered: the field of the question's kind, the others empty.

    `choices`: keys chosen (single and multiple). `gaps`: gap → key or words. `order`: keys, first
    to last. `pairs`: left → right. `questions`: question of a text → keys chosen.
    """

    choices: list[str] = Field(default_factory=list, max_length=MOST_OPTIONS)
    gaps: dict[str, str] = Field(default_factory=dict, max_length=12)
    order: list[str] = Field(default_factory=list, max_length=MOST_OPTIONS)
    pairs: dict[str, str] = Field(default_factory=dict, max_length=MOST_OPTIONS)
    questions: dict[str, list[str]] = Field(default_factory=dict, max_length=8)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was answered."""
        said = any(words.strip() for words in self.gaps.values())
        chosen = any(self.questions.values()) or any(self.pairs.values())
        return not (self.choices or self.order or said or chosen)
