"""A set of content that comes as a file: read, compared with what is published, then published.

A file is JSON, as `viva content show` prints it, or a workbook (`content_books`). Reading it
changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from kernel import unfit
from kernel.errors import N_, Invalid, TooLarge, VivaError
from kernel.permissions import Actor, Permission, check
from kernel.unfit import Fault
from rooms import content_books, content_sets
from rooms.library import LibraryCard, OralContent
from rooms.models import ContentSet

MOST_BYTES: Final = 5 * 1024 * 1024


class Effect(StrEnum):
    """What a set would do with one card, beside the set that it would follow."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was read: a content, or what does not fit."""

    content: OralContent | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A card of the file, or one that is no longer in it."""

    card: LibraryCard
    effect: Effect


@dataclass(frozen=True, slots=True)
class Report:
    """What publishing a content would do."""

    content: OralContent
    beside: ContentSet | None  # what it is compared with
    script_changes: bool
    lines: tuple[Line, ...]
    obstacle: VivaError | None  # why it cannot be published
    published: bool  # it is published already, word for word

    @property
    def counts(self) -> dict[Effect, int]:
        """Return how many cards each effect has."""
        return {effect: sum(line.effect is effect for line in self.lines) for effect in Effect}


def read(data: bytes, name: str = "") -> Given:
    """Read a file; `name`: what the set is to be called, instead of what the file says.

    Raises:
        Invalid: neither JSON nor a workbook of ours.
        TooLarge: larger than 5 MB.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("Ce fichier dépasse 5 Mo."), "file")
    given = content_books.read(data) if data.startswith(b"PK") else _of_json(data)
    if name:
        given["name"] = name
    try:
        return Given(OralContent.model_validate(given))
    except ValidationError as error:
        return Given(None, unfit.faults(error, "cards", given.get("cards")))


def _of_json(data: bytes) -> dict[str, Any]:
    try:
        given = json.loads(data)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Invalid(
            N_("Ce fichier n'est ni un classeur XLSX ni un jeu en JSON tel qu'on le télécharge."),
            "file",
        )
    return given


def examine(db: Session, actor: Actor, content: OralContent) -> Report:
    """Tell what publishing a content would do, beside the set that it would follow.

    That is the one published last under the same name without its version, else the one that is in
    force for its language.

    Raises:
        Forbidden: the actor does not publish content.
    """
    check(db, actor, Permission.PUBLISH_CONTENT)
    obstacle, known = None, None
    try:
        known = content_sets.require_fit(db, content)
    except VivaError as error:
        obstacle = error
    beside = _followed(db, content)
    before = content_sets.read(beside) if beside is not None else {"script": None, "cards": []}
    return Report(
        content=content,
        beside=beside,
        script_changes=before["script"] != content.as_json()["script"],
        lines=_lines(content, before["cards"]),
        obstacle=obstacle,
        published=known is not None,
    )


def _followed(db: Session, content: OralContent) -> ContentSet | None:
    line = content.name.rpartition("-")[0]
    rows = content_sets.versions(db)
    return next(
        (
            row
            for row in rows
            if row.language == content.language and row.name.rpartition("-")[0] == line
        ),
        content_sets.in_force(db, content.language),
    )


def _lines(content: OralContent, before: list[dict[str, Any]]) -> tuple[Line, ...]:
    known = {card["code"]: card for card in before}
    lines = []
    for card in content.cards:
        was = known.pop(card.code, None)
        same = was == card.model_dump(mode="json")
        effect = Effect.NEW if was is None else Effect.SAME if same else Effect.CHANGED
        lines.append(Line(card, effect))
    gone = [Line(LibraryCard.model_validate(card), Effect.GONE) for card in known.values()]
    return (*lines, *gone)
