"""How many signs a field takes, by what it asks for: each number is that of the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Flask

from enrolment import support
from proctor import deciding, identity, reports
from rooms import chat, incidents, retiring
from rubrics import operations
from written_test.items import states
from written_test.questions import kinds

LIMITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "card_reason": retiring.MOST_REASON,
        "chat": chat.MOST_WORDS,
        "gap": kinds.MOST_GIVEN,
        "help": support.MOST_WORDS,
        "identity_reason": identity.MOST_WORDS,
        "incident": incidents.MOST_WORDS,
        "item_reason": states.MOST_REASON,
        "mark_reason": operations.REASON_MAX,
        "note": operations.NOTE_MAX,
        "room": reports.MOST_NOTE,
        "watch_reason": deciding.MOST_WORDS,
    }
)


def init_app(app: Flask) -> None:
    """Give templates the numbers: `maxlength="{{ limits.chat }}"`."""
    app.jinja_env.globals["limits"] = LIMITS
