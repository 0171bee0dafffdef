"""What the evaluator says and asks in each part, as the console shows it.

Part 1 has questions of its own; parts 2 and 3 have those of their cards (`rooms.cards`). What the
evaluator does is told in both languages of the interface, what they say in the one examined.
"""

from __future__ import annotations

from collections.abc import Iterable

from enrolment.fields import Field
from rooms.library import Script
from rooms.states import Bilingual, PartScript, Prompt, PromptGroup


def of_part(script: Script, part: int, field: str) -> PartScript:
    """Return what a script says in part 1, 2 or 3.

    Its questions are those for everybody, then those for the candidate's own field.
    """
    written = script.part(part)
    groups = [
        PromptGroup(
            key=group.key,
            name_fr=group.name.fr,
            name_en=group.name.en,
            prompts=[
                Prompt(id=prompt.key, text=prompt.text, simpler=prompt.simpler, level=prompt.level)
                for prompt in group.prompts
            ],
        )
        for asked in dict.fromkeys((Field.GENERAL, field))
        for group in written.groups
        if group.field == asked
    ]
    return PartScript(
        instructions=[Bilingual(fr=line.fr, en=line.en) for line in written.instructions],
        opening=list(written.opening),
        closing=written.closing,
        groups=groups,
        prompts=[prompt for group in groups for prompt in group.prompts],
    )


def numbered(prompts: Iterable[str]) -> list[Prompt]:
    """Return a card's prompts with the keys that bring them up, 1 to 9."""
    return [Prompt(id=str(number), text=text) for number, text in enumerate(prompts, 1)]
