"""The declarations that scripts are checked against are those of the server's models."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

import pytest

from evaluator_app.web.declarations import FILE, declarations, main
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
    head, *blocks = declarations([Tree]).split("\n\n")
    assert "python -m evaluator_app.web.declarations" in head
    assert "\n\n".join(blocks) == (
        "/** A leaf. */\nexport interface Leaf {\n  name: string;\n  note?: string;\n}\n\n"
        "/** How it sounds. */\nexport type Tone = 'calm' | 'loud';\n\n"
        "/** A tree, on two lines. */\nexport interface Tree {\n"
        "  leaves: Leaf[];\n  crown: Leaf | null;\n  tone: Tone | 'off';\n"
        "  counts: Record<string, number[]>;\n  rest: Record<string, unknown>;\n"
        "  at: string;\n  size?: number;\n}\n"
    )


def test_what_has_its_default_is_left_out():
    assert Leaf(name="a").sent() == {"name": "a"}
    assert Leaf(name="a", note="b").sent() == {"name": "a", "note": "b"}


def test_two_models_of_one_name_are_refused():
    other = type("Leaf", (Shown,), {"__annotations__": {"size": int}, "__module__": "elsewhere"})
    with pytest.raises(ValueError, match="two models of this name"):
        declarations([Tree, other])


def test_the_file_is_what_the_models_say(tmp_path, capsys):
    assert FILE.read_text() == declarations()
    stale = tmp_path / "shown.d.ts"
    stale.write_text("old\n")
    assert (main(["--check"], FILE), main(["--check"], stale)) == (0, 1)
    assert "shown.d.ts is not what the models say" in capsys.readouterr().err
    assert (main([], stale), main(["--check"], stale)) == (0, 0)
