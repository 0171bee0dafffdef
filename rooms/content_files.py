"""A set of content that comes as a file: read, compared with what is published, then published.

A file is JSON, as `viva content show` prints it, or a workbook (`content_books`). Reading it
changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from kernel.errors import N_, Invalid, TooLarge, VivaError
from kernel.permissions import Actor, Permission, check
from rooms import content_books, content_sets
from rooms.library import LibraryCard, OralContent
from rooms.models import ContentSet

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_FAULTS: Final = 30

WHY: Final[Mapping[str, str]] = {
    "missing": N_("il manque"),
    "string_too_short": N_("il manque"),
    "string_too_long": N_("il est trop long"),
    "too_short": N_("il y en a trop peu : %(min_length)d au moins"),
    "too_long": N_("il y en a trop : %(max_length)d au plus"),
    "extra_forbidden": N_("on ne l'attend pas"),
    "prompt_order": N_("%(after)s est plus facile que %(before)s, qui la précède"),
    "script_parts": N_("un déroulé a les parties 1, 2 et 3, dans cet ordre"),
    "prompt_keys": N_("la partie 1 a des questions, chacune avec sa clé"),
    "card_code": N_("le code %(code)s dit autre chose que la carte"),
    "code_twice": N_("deux cartes ont le code %(code)s"),
    "code_language": N_("le code %(code)s commence par une autre langue"),
    "unbreakable": N_("« %(sign)s » demande une espace insécable"),
}
"""Why something does not fit, by what the model says of it."""
UNSAID: Final = ("content", "cards", "script")
"""Fields that only hold others."""
OTHERWISE: Final = N_("ce n'est pas une valeur connue")


class Effect(StrEnum):
    """What a set would do with one card, beside the set that it would follow."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit: a card by its code, if it is one, the fields that lead there, and why."""

    card: str
    fields: tuple[str, ...]
    why: str
    params: dict[str, Any]


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
        return Given(None, faults(error, given.get("cards")))


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


def faults(error: ValidationError, cards: Any = ()) -> tuple[Fault, ...]:
    """Return what does not fit, at most some; `cards`: as they were given, for their codes."""
    said = []
    for first in error.errors(include_url=False)[:MOST_FAULTS]:
        code, places = (
            "",
            [str(part + 1 if isinstance(part, int) else part) for part in first["loc"]],
        )
        match first["loc"]:
            case ("cards", int(place), *_rest):
                code = str(cards[place].get("code") or f"#{place + 1}")
                places = places[2:]
        fields = tuple(part for part in places if part not in UNSAID)
        why = WHY.get(first["type"], OTHERWISE)
        said.append(Fault(code, fields, why, dict(first.get("ctx", {}))))
    return tuple(said)


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
