"""`viva content check`: what comes with the product for orals and tests, a JSON line each."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from people.languages import Language
from rooms import contents, library
from rooms.library import OralContent
from written_test.questions.library import BANKS, bank_drafts


class Kind(StrEnum):
    """What is counted."""

    PROMPT = "prompt"  # a question of part 1
    ROLE_PLAY = "role_play"
    DISCUSSION = "discussion"
    ITEM = "item"  # a question of the written test, in use or on trial


CARDS = {library.ROLE_PLAY: Kind.ROLE_PLAY, library.DISCUSSION: Kind.DISCUSSION}
Place = tuple[Kind, Level, Field]


def run(_arguments: Namespace) -> int:
    """Print what there is; exit 1 when a language has no whole oral, and say what it lacks."""
    lacking = 0
    for language in Language:
        content = library.written(language)
        count = Counter(_places(language, content))
        for kind, level, field in ((k, le, f) for k in Kind for le in LEVELS for f in Field):
            if number := count[kind, level, field]:
                line = {
                    "language": language,
                    "kind": kind,
                    "level": level,
                    "field": field,
                    "count": number,
                }
                print(json.dumps(line))
        for level in LEVELS:
            for lack in contents.lacks(content, level):
                lacking += 1
                print(f"{language} {level}: no {lack}", file=sys.stderr)
    return 1 if lacking else 0


def _places(language: Language, content: OralContent | None) -> Iterator[Place]:
    """Yield the place of each thing that is written in a language."""
    if content is not None:
        for group in content.script.part(1).groups:
            for prompt in group.prompts:
                yield Kind.PROMPT, prompt.level, group.field
        for card in content.cards:
            yield CARDS[card.part], card.level, card.field
    if language in BANKS:
        for draft in bank_drafts(language):
            yield Kind.ITEM, Level(draft.level.rstrip("+-")), draft.field
