"""What the evaluator says and asks in each part, as the console shows it.

Part 1 has questions of its own; parts 2 and 3 have those of their cards (`rooms.cards`). What the
evaluator does is told in both languages of the interface, what they say in the one examined.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rooms import library


def of_part(language: str, part: int) -> dict[str, Any]:
    """Return the script of part 1, 2 or 3; empty where none is written in that language."""
    try:
        found = library.script(str(language)).part(part)
    except LookupError:
        return {"instructions": [], "opening": [], "closing": "", "groups": [], "prompts": []}
    groups = [
        {
            "key": group.key,
            "name_fr": group.name.fr,
            "name_en": group.name.en,
            "prompts": [
                {"id": one.key, "text": one.text, "simpler": one.simpler} for one in group.prompts
            ],
        }
        for group in found.groups
    ]
    return {
        "instructions": [{"fr": one.fr, "en": one.en} for one in found.instructions],
        "opening": list(found.opening),
        "closing": found.closing,
        "groups": groups,
        "prompts": [prompt for group in groups for prompt in group["prompts"]],
    }


def numbered(prompts: Iterable[str]) -> list[dict[str, str]]:
    """Return a card's prompts with the keys that bring them up, 1 to 9."""
    return [{"id": str(number), "text": text} for number, text in enumerate(prompts, 1)]
