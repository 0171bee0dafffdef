"""What the console shows of a script: of the language examined, for the candidate's own field."""

from __future__ import annotations

import pytest

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from people.languages import Language
from rooms import library, script

GENERAL = ["about_you", "your_work", "your_plans"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("field", "own"),
    [
        (Field.GENERAL, []),
        (Field.SALES, ["in_sales"]),
        (Field.HOSPITALITY, ["in_hospitality"]),
        (Field.HEALTH, ["in_health"]),
        (Field.FINANCE, []),
    ],
)
def test_questions_are_for_everybody_and_for_the_own_field(language, field, own):
    shown = script.of_part(library.written(language).script, 1, field)
    assert [group.key for group in shown.groups] == GENERAL + own
    assert len(shown.prompts) == 26 + 6 * len(own)


def test_each_question_has_its_level_and_is_in_the_language():
    german = library.written(Language.DE).script
    shown = script.of_part(german, 1, Field.SALES)
    first = german.part(1).groups[0].prompts[0]
    assert shown.prompts[0].model_dump() == {
        "id": "you-1",
        "text": first.text,
        "simpler": first.simpler,
        "level": Level.A1,
    }
    assert [prompt.level for prompt in shown.groups[-1].prompts] == list(LEVELS)
