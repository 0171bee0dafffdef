"""What a reader gives back for each question of a file: a draft, or why it is not taken."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from enrolment.fields import Field
from kernel.errors import N_
from people.languages import Language
from written_test.questions.drafts import Draft, Skill

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Remark:
    """French source words with their params: the edge says them in the reader's language.

    The param `what` is French source words too.
    """

    message: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


class NotTaken(Exception):
    """This question, or this file, is not taken; `line` is where, 0 when it has no lines."""

    def __init__(self, message: str, line: int = 0, **params: Any) -> None:
        """Keep the French source `message` and its `params`."""
        super().__init__(message % params if params else message)
        self.remark = Remark(message, params)
        self.line = line


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person who imports says of questions whose file does not say it."""

    language: Language
    skill: Skill | None = None
    level: str = ""
    field: Field = Field.GENERAL


@dataclass(frozen=True, slots=True)
class Entry:
    """One question as it stood in its file: taken when there is a draft, refused otherwise."""

    file: str
    line: int
    code: str
    draft: Draft | None = None
    refusal: Remark | None = None
    notes: tuple[Remark, ...] = ()  # what was read otherwise than the file says


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: its format, and its questions in order."""

    format: str
    entries: tuple[Entry, ...]


def refused(file: str, code: str, error: NotTaken, line: int = 0) -> Entry:
    """Return the entry of a question that is not taken."""
    return Entry(file, error.line or line, code, refusal=error.remark)


def check_codes(entries: list[Entry]) -> tuple[Entry, ...]:
    """Refuse all entries whose code another one has too: nobody can tell which is meant."""
    places = defaultdict(list)
    for entry in entries:
        if entry.code:
            places[entry.code].append(entry)
    checked = []
    for entry in entries:
        others = [one for one in places.get(entry.code, ()) if one is not entry]
        if others and entry.draft is not None:
            other = others[0]
            where = f"{other.file}:{other.line}" if other.file != entry.file else str(other.line)
            reason = Remark(
                N_("Le code « %(code)s » sert deux fois dans ce fichier : ici et ligne %(other)s."),
                {"code": entry.code, "other": where},
            )
            checked.append(dataclasses.replace(entry, draft=None, refusal=reason))
        else:
            checked.append(entry)
    return tuple(checked)
