"""What a page may say of a watch: nothing of it is believed, all of it is bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from kernel.errors import N_, Invalid
from proctor.models import SignalKind
from proctor.policy import FROM_PAGE

MOST_AT_ONCE: Final = 200
MOST_NOTE: Final = 1000
MOST_WATCH: Final = 24

UNREADABLE = N_("Cette demande n'a pas pu être lue.")


def _reportable(kind: SignalKind) -> SignalKind:
    if kind not in FROM_PAGE:
        raise ValueError(kind)
    return kind


_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_Word = Annotated[str, StringConstraints(max_length=200)]
_Value = StrictBool | StrictInt | StrictFloat | _Word


class Report(BaseModel):
    """One thing that a page noticed, so many seconds ago."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    key: Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,80}$")]
    kind: Annotated[SignalKind, AfterValidator(_reportable)]
    ago: float = Field(ge=0, le=86_400)
    lasted: float | None = Field(None, ge=0, le=86_400)
    detail: dict[_Name, _Value] = Field(default_factory=dict, max_length=8)


_watch = TypeAdapter(Annotated[dict[_Name, _Value], Field(max_length=MOST_WATCH)])


def check_watch(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what runs in a browser and what cannot. Raise Invalid when it cannot be read."""
    try:
        return dict(_watch.validate_python(dict(given)))
    except ValidationError as error:
        field = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise Invalid(UNREADABLE, f"watch.{field}") from None


def check_note(words: str) -> str:
    """Return the candidate's words about the room. Raise Invalid when they are too many."""
    words = words.strip()
    if len(words) > MOST_NOTE:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "room_note")
    return words
