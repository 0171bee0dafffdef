"""The declarations that scripts are checked against are those of the server's models."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, RootModel

from evaluator_app.web.declarations import TYPES, main, posted, shown
from evaluator_app.web.posted import Posted, takes
from evaluator_app.web.routes import get, post
from kernel.shown import Moment, Shown


class Tone(StrEnum):
    """How it sounds."""

    CALM = "calm"
    LOUD = "loud"


class Leaf(Shown):
    """A leaf."""

    name: str
    note: str = ""


class Tree(Shown):
    """A tree, on
    two lines.
    """

    leaves: list[Leaf]
    crown: Leaf | None
    tone: Tone | Literal["off"]
    counts: dict[str, list[int]]
    rest: dict[str, Any]
    at: Moment
    size: float | None = None


def test_each_kind_of_field_has_its_declaration():
    head, *blocks = shown([Tree]).split("\n\n")
    assert "python -m evaluator_app.web.declarations" in head
    assert "\n\n".join(blocks) == (
        "/** A leaf. */\nexport interface Leaf {\n  name: string;\n  note?: string;\n}\n\n"
        "/** How it sounds. */\nexport type Tone = 'calm' | 'loud';\n\n"
        "/** A tree, on two lines. */\nexport interface Tree {\n"
        "  leaves: Leaf[];\n  crown: Leaf | null;\n  tone: Tone | 'off';\n"
        "  counts: Record<string, number[]>;\n  rest: Record<string, unknown>;\n"
        "  at: string;\n  size?: number;\n}\n"
    )


class Oak(Shown):
    """An oak."""

    kind: Literal["oak"]


class Fir(Shown):
    """A fir."""

    kind: Literal["fir"]


class Wood(RootModel[Annotated[Oak | Fir, Field(discriminator="kind")]]):
    """Either."""


def test_one_of_several_shapes_is_a_union_of_them():
    assert shown([Wood]).endswith("/** Either. */\nexport type Wood = Oak | Fir;\n")


def test_what_has_its_default_is_left_out():
    assert Leaf(name="a").sent() == {"name": "a"}
    assert Leaf(name="a", note="b").sent() == {"name": "a", "note": "b"}


def test_two_models_of_one_name_are_refused():
    other = type("Leaf", (Shown,), {"__annotations__": {"size": int}, "__module__": "elsewhere"})
    with pytest.raises(ValueError, match="two models of this name"):
        shown([Tree, other])


class Planting(Posted):
    """What to plant."""

    kind: str
    beside: str | None = None


@takes(Planting)
def plant(planting: Planting) -> str:
    return planting.kind


def look() -> str:
    return ""


def test_what_is_posted_is_declared_by_the_end_of_its_address():
    routes = (
        post("/garden/plant-tree", plant),
        get("/garden/plants", look),
        post("/garden/<int:bed>/plant", plant),
        post("/shed/plant", plant),
    )
    _head, *blocks = posted([], {"GardenActs": ("/garden/", routes)}).split("\n\n")
    assert "\n\n".join(blocks) == (
        "/** What to plant. */\nexport interface Planting {\n"
        "  kind: string;\n  beside?: string | null;\n}\n\n"
        "/** What each act of a page posts, by the end of its address. */\n"
        "export interface GardenActs {\n  'plant-tree': Planting;\n}\n"
    )


def test_the_files_are_what_the_models_say(tmp_path, capsys):
    assert main(["--check"]) == 0
    (tmp_path / "shown.d.ts").write_text((TYPES / "shown.d.ts").read_text())
    (tmp_path / "posted.d.ts").write_text("old\n")
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    assert ("posted.d.ts is not what the models say" in told, "shown.d.ts" in told) == (True, False)
    assert (main([], tmp_path), main(["--check"], tmp_path)) == (0, 0)
