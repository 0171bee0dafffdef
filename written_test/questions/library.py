"""The bank and the mini demo test that come with the product, read from `content/` and checked.

Only English is written so far. The parameters are plausible ones, not a calibration: the drafts
say so. The demo test stands apart from the bank, and none of its questions is scored.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, model_validator
from pydantic import Field as Of

from enrolment.fields import Field
from kernel.bilingual import Bilingual
from written_test.questions.drafts import Draft, Parameters, Skill, usual_seconds
from written_test.questions.kinds import Body

LANGUAGE: Final = "en"
"""The language that the bank and the demo test examine."""


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _BankQuestion(_Content):
    code: Annotated[str, StringConstraints(pattern=r"^EN-(VOC|GRA|EXP|REA)-[ABC][12]-\d\d$")]
    skill: Skill
    level: str
    field: Field
    body: Body
    parameters: Annotated[tuple[tuple[float, float, float], ...], Of(min_length=1)]

    @model_validator(mode="after")
    def _check_code(self) -> Self:
        start = f"{LANGUAGE}-{self.skill[:3]}-{self.level.rstrip('+-')}-".upper()
        if not self.code.startswith(start):
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
    """A question of the mini demo test; `how` says how questions of its kind are answered."""

    code: Annotated[str, StringConstraints(pattern=r"^EN-DEMO-[1-9]$")]
    body: Body
    how: Bilingual

    @property
    def seconds(self) -> int:
        """Return the time that the question gives, as one of its kind does in a real test."""
        return usual_seconds(self.body)


_BANK: Final = TypeAdapter(tuple[_BankQuestion, ...])
_DEMO: Final = TypeAdapter(tuple[DemoQuestion, ...])


@lru_cache
def bank_drafts() -> tuple[Draft, ...]:
    """Give every question of the bank, skill by skill, the easiest level first."""
    return tuple(
        question.draft() for skill in Skill for question in _BANK.validate_json(_read(skill))
    )


@lru_cache
def demo_questions() -> tuple[DemoQuestion, ...]:
    """Give the mini demo test: one question of each of the seven kinds, in order."""
    return _DEMO.validate_json(_read("demo_test"))


def _read(name: str) -> str:
    return (
        files("written_test.questions").joinpath(f"content/{name}.json").read_text(encoding="utf-8")
    )
