"""Which classes Tabler styles, and which of its rules the built style sheet has."""

from __future__ import annotations

import json
import re
from functools import cache

from kernel.settings import HERE, Settings

_CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
_ASIDE = re.compile(r"/\*.*?\*/|\"[^\"]*\"", re.DOTALL)
_DECLARATIONS = re.compile(r"\{[^{}]*\}")


def named(sheet: str) -> frozenset[str]:
    """Return the classes that the selectors of a style sheet name."""
    return frozenset(
        name.replace("\\", "")
        for name in _CLASS.findall(_DECLARATIONS.sub("", _ASIDE.sub("", sheet)))
    )


@cache
def of_tabler() -> frozenset[str]:
    """Return the classes that Tabler has rules for."""
    return named((HERE / "node_modules/@tabler/core/dist/css/tabler.min.css").read_text())


@cache
def served() -> frozenset[str]:
    """Return the classes that the style sheet of every page has rules for."""
    folder = Settings(mode="test").assets
    name = json.loads((folder / "manifest.json").read_text())["app.css"]
    return named((folder / name).read_text())


def lost(classes: set[str]) -> list[str]:
    """Return which of these classes of a page are Tabler's, and not served."""
    return sorted((classes & of_tabler()) - served())
