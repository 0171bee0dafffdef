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
    other_code: str = ""  # what else tells it apart: its resource, its category


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: its format, and its questions in order."""

    format: str
    entries: tuple[Entry, ...]


def refused(file: str, code: str, error: NotTaken, line: int = 0, other_code: str = "") -> Entry:
    """Return the entry of a question that is not taken."""
    line = error.line or line
    return Entry(file, line, code, refusal=error.remark, other_code=other_code)


def check_codes(entries: list[Entry]) -> tuple[Entry, ...]:
    """Refuse all entries whose code another one has too: nobody can tell which is meant.

    Where their resource or category tells them apart, they go by that instead.
    """
    told = _told_apart(entries)
    places = defaultdict(list)
    for entry in told:
        if entry.code:
            places[entry.code].append(entry)
    return tuple(_checked(entry, places[entry.code]) for entry in told)


def _told_apart(entries: list[Entry]) -> list[Entry]:
    groups = defaultdict(list)
    for entry in entries:
        groups[entry.code].append(entry)
    apart = {
        code
        for code, group in groups.items()
        if len(group) > 1
        and len({entry.other_code for entry in group} - {""}) == len(group)
        and not any(entry.other_code in groups for entry in group)
    }
    return [
        _renamed(entry, entry.other_code) if entry.code in apart else entry for entry in entries
    ]


def _renamed(entry: Entry, code: str) -> Entry:
    draft = dataclasses.replace(entry.draft, code=code) if entry.draft else None
    return dataclasses.replace(entry, code=code, draft=draft)


def _checked(entry: Entry, namesakes: list[Entry]) -> Entry:
    others = [other for other in namesakes if other is not entry]
    if not others or entry.draft is None:
        return entry
    other = others[0]
    where = f"{other.file}:{other.line}" if other.file != entry.file else str(other.line)
    reason = Remark(
        N_("Le code « %(code)s » sert deux fois dans ce fichier : ici et ligne %(other)s."),
        {"code": entry.code, "other": where},
    )
    return dataclasses.replace(entry, draft=None, refusal=reason)
