"""A scoresheet between a browser and the server: what is sent, what comes back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, RootModel

from evaluator_app.web.posted import Posted
from kernel.shown import Moment, Shown
from rubrics.models import SheetState
from rubrics.operations import NAME

MOST_CHANGES = 20  # in one request; a browser sends the rest in the next
MOST_BODY = 96 * 1024
MOST_MS = 4e12  # a moment in the year 2096


class Strict(Posted):
    """What a browser keeps and sends is of exactly this shape, or refused."""

    model_config = ConfigDict(extra="forbid")


class LevelValue(Strict):
    """Thirds of a level, or not assessable, or neither yet."""

    thirds: int | None = None
    not_assessable: bool = False
    reason: str = ""


class NothingValue(Strict):
    """Whether there is nothing to add to a criterion."""

    nothing_to_add: bool


class NoteValue(Strict):
    """A whole note; `second` on the oral's timeline, null when nothing is recorded."""

    text: str
    criterion: str | None = None
    part: int | None = None
    second: float | None = None


class NoValue(Strict):
    """Nothing: a note is removed."""


class _Operation(Strict):
    """What each operation has, as `rubrics.operations.Wish` explains it."""

    id: str = Field(pattern=f"^{NAME}$")
    place: str
    base: int
    after: str = Field("", pattern=f"^({NAME})?$")
    made_at: int | None = None


class LevelChange(_Operation):
    """A level of a criterion; `made_at` in milliseconds."""

    kind: Literal["level"]
    value: LevelValue


class NothingChange(_Operation):
    """Whether there is nothing to add to a criterion; `made_at` in milliseconds."""

    kind: Literal["nothing"]
    value: NothingValue


class NoteChange(_Operation):
    """A note, new or written anew; `made_at` in milliseconds."""

    kind: Literal["note"]
    value: NoteValue


class RemovalChange(_Operation):
    """A note is removed; `made_at` in milliseconds."""

    kind: Literal["removal"]
    value: NoValue


class Change(
    RootModel[
        Annotated[
            LevelChange | NothingChange | NoteChange | RemovalChange, Field(discriminator="kind")
        ]
    ]
):
    """One operation on a sheet."""


class Changes(Strict):
    """What a browser kept, oldest first."""

    changes: list[dict[str, Any]] = Field(max_length=MOST_CHANGES)


class Submission(Strict):
    """The revision of the sheet that was on the screen; why, where two ratings are settled."""

    revision: int
    comment: str = Field("", max_length=4000)


class MarkShown(Shown):
    """What stands for a criterion; `thirds` of a level."""

    thirds: int | None
    not_assessable: bool
    reason: str
    nothing_to_add: bool


class NoteShown(Shown):
    """A note, bound to a second of the recording or to none."""

    client_id: str
    criterion: str | None
    part: int | None
    second: float | None
    text: str


class LevelRival(Shown):
    """A level that somebody wrote without knowing of another; `id`: of the operation."""

    id: str
    thirds: int | None
    not_assessable: bool
    reason: str


class NothingRival(Shown):
    """The same for « nothing to add »."""

    id: str
    nothing_to_add: bool


class RivalsShown(Shown):
    """Values of a criterion between which somebody must choose, the one that counts first."""

    level: list[LevelRival] | None = None
    nothing: list[NothingRival] | None = None


class LackShown(Shown):
    """What a criterion lacks before the sheet can be submitted."""

    criterion: str
    want: str


class SheetShown(Shown):
    """A scoresheet, marks and rivals by criterion."""

    id: int
    state: SheetState
    version: int
    revision: int
    reason: str
    submitted_at: Moment | None
    marks: dict[str, MarkShown]
    notes: list[NoteShown]
    rivals: dict[str, RivalsShown]
    lacks: list[LackShown]


class SheetAnswer(SheetShown):
    """A scoresheet after changes; `refused`: why each will never be taken, by its id."""

    refused: dict[str, str]
