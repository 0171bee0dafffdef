"""The banks and the mini demo tests that come with the product, read from `content/` and checked.

There is a bank for English and one for French as a foreign language, a demo test for each language
that can be certified. The parameters are plausible ones, not a calibration: the drafts say so; a
question without any is on trial. The demo test stands apart, and none of its questions is scored.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, model_validator

from enrolment.fields import Field
from kernel.bilingual import Bilingual
from people.languages import Language
from written_test.questions.drafts import Draft, Parameters, Skill, usual_seconds
from written_test.questions.kinds import Body, Kind

BANKS: Final = (Language.EN, Language.FR)
"""The languages that a bank comes with the product for."""


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _BankQuestion(_Content):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-(VOC|GRA|EXP|REA)-[ABC][12]-\d\d$")]
    skill: Skill
    level: str
    field: Field
    body: Body
    parameters: tuple[tuple[float, float, float], ...]  # none: the question is on trial

    @model_validator(mode="after")
    def _check_code(self) -> Self:
        told = f"-{self.skill[:3]}-{self.level.rstrip('+-')}-".upper()
        if told not in self.code:
            raise ValueError(f"{self.code}: the code says something else than the question")
        return self

    def draft(self) -> Draft:
        return Draft(
            code=self.code,
            body=self.body,
            skill=self.skill,
            level=self.level,
            field=self.field,
            parameters=tuple(Parameters(a, b, c) for a, b, c in self.parameters),
        )


class DemoQuestion(_Content):
    """A question of the mini demo test."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-DEMO-[1-9]$")]
    body: Body

    @property
    def how(self) -> Bilingual:
        """Say how questions of its kind are answered."""
        return _how()[self.body.kind]

    @property
    def seconds(self) -> int:
        """Return the time that the question gives, as one of its kind does in a real test."""
        return usual_seconds(self.body)


_BANK: Final = TypeAdapter(tuple[_BankQuestion, ...])
_DEMO: Final = TypeAdapter(tuple[DemoQuestion, ...])
_HOW: Final = TypeAdapter(dict[Kind, Bilingual])


@lru_cache
def bank_drafts(language: Language = Language.EN) -> tuple[Draft, ...]:
    """Give every question of a language's bank, skill by skill, the easiest level first.

    Raises:
        LookupError: no bank comes with the product for it.
    """
    if language not in BANKS:
        raise LookupError(f"no bank of questions is written for {language.value!r}")
    questions = [
        question
        for skill in Skill
        for question in _BANK.validate_json(_read(f"{language.value}/{skill.value}"))
    ]
    for question in questions:
        if not question.code.startswith(f"{language.value.upper()}-"):
            raise ValueError(f"{question.code} is of another language than its bank")
    return tuple(question.draft() for question in questions)


@lru_cache
def demo_questions(language: Language = Language.EN) -> tuple[DemoQuestion, ...]:
    """Give the mini demo test: one question of each of the seven kinds, in order."""
    return _DEMO.validate_json(_read(f"{language.value}/demo_test"))


@lru_cache
def _how() -> Mapping[Kind, Bilingual]:
    return _HOW.validate_json(_read("how"))


def _read(name: str) -> str:
    return (
        files("written_test.questions").joinpath(f"content/{name}.json").read_text(encoding="utf-8")
    )
