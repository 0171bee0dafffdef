"""Operations as browsers make them: what each may say, read before anything is written.

A browser makes an operation with an id of its own, keeps it, and sends it until the server says
that it has it. Everything here is a value: no clock, no database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.errors import N_, Invalid
from rubrics.changes import clean
from rubrics.models import Kind
from rubrics.scale import Value

REASON_MAX = 300
NOTE_MAX = 500
SECOND_MAX = 6 * 3600.0
EVERYTHING = 2**31 - 1  # the base of whoever saw all that there is
_THIRDS = frozenset(int(value) for value in Value)
NAME = r"[A-Za-z0-9_-]{1,64}"
_NAME = re.compile(NAME)


@dataclass(frozen=True, slots=True)
class Wish:
    """An operation as it comes from a browser.

    Attributes:
        id: made by the browser: 64 letters, digits, `-` or `_` at most.
        place: the criterion, or the note as its author saw it.
        value: a level {thirds, not_assessable, reason}, {nothing_to_add}, a note
            {text, criterion, part, second}, or nothing for a removal.
        base: the revision of the sheet that its author saw.
        after: the author's own operation, not yet known to the server, that it follows there.
        made_at: what the browser's clock said; it orders nothing.
    """

    id: str
    kind: Kind
    place: str
    value: Mapping[str, Any]
    base: int = EVERYTHING
    after: str = ""
    made_at: datetime | None = None


def is_name(text: str) -> bool:
    """Tell whether `text` can name an operation or a note."""
    return bool(_NAME.fullmatch(text))


def read_value(wish: Wish, criteria: tuple[str, ...]) -> dict[str, Any]:
    """Return the value of `wish` as it is kept, in a grid of these criteria.

    Raises:
        Invalid: a name that is none, an unknown criterion, or a value that makes no sense.
    """
    named = is_name(wish.id) and (not wish.after or is_name(wish.after))
    if not named or not 0 <= wish.base <= EVERYTHING:
        raise Invalid(N_("Ce qui a été envoyé ne peut pas être lu."), "id")
    if wish.kind in (Kind.LEVEL, Kind.NOTHING):
        _in_grid(wish.place, criteria)
        return _level(wish) if wish.kind is Kind.LEVEL else _nothing(wish)
    if not is_name(wish.place):
        raise Invalid(N_("Cette remarque ne peut pas être lue."), "place")
    return {} if wish.kind is Kind.REMOVAL else _note(wish.value, criteria)


def _in_grid(criterion: object, criteria: tuple[str, ...]) -> None:
    if criterion not in criteria:
        raise Invalid(N_("Ce critère n'est pas dans la grille."), "criterion")


def _level(wish: Wish) -> dict[str, Any]:
    thirds = wish.value.get("thirds")
    blank = bool(wish.value.get("not_assessable"))
    if thirds is not None and thirds not in _THIRDS:
        raise Invalid(N_("Cette valeur n'est pas sur l'échelle."), wish.place)
    if thirds is not None and blank:
        raise Invalid(N_("Un critère est noté ou non évaluable, pas les deux."), wish.place)
    reason = clean(str(wish.value.get("reason", "")))
    if len(reason) > REASON_MAX:
        raise Invalid(N_("Le motif est trop long."), wish.place)
    return {"thirds": thirds, "not_assessable": blank, "reason": reason if blank else ""}


def _nothing(wish: Wish) -> dict[str, Any]:
    return {"nothing_to_add": bool(wish.value.get("nothing_to_add"))}


def _note(value: Mapping[str, Any], criteria: tuple[str, ...]) -> dict[str, Any]:
    criterion, part, second = value.get("criterion"), value.get("part"), value.get("second")
    if criterion is not None:
        _in_grid(criterion, criteria)
    if part not in (None, 1, 2, 3):
        raise Invalid(N_("Cette partie n'existe pas."), "part")
    if second is not None and not (math.isfinite(second) and 0 <= second <= SECOND_MAX):
        raise Invalid(N_("Ce moment n'est pas dans l'enregistrement."), "second")
    text = clean(str(value.get("text", "")))
    if not text:
        raise Invalid(N_("Une remarque a besoin de mots."), "text")
    if len(text) > NOTE_MAX:
        raise Invalid(N_("Une remarque compte %(most)d caractères au plus."), "text", most=NOTE_MAX)
    return {"text": text, "criterion": criterion, "part": part, "second": second}
