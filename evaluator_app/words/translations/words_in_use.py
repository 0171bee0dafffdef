"""Find every French string that people may read, in Python and in templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2.ext import babel_extract

FOLDERS = (
    "evaluator_app",
    "results",
    "rooms",
    "rubrics",
    "scheduling",
    "proctor",
    "written_test",
    "enrolment",
    "people",
    "kernel",
)
ERRORS = frozenset({"Invalid", "Refused", "NotThere"})
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


@dataclass(frozen=True, slots=True)
class Use:
    """One string where it stands: its context and plural, if it has them."""

    source: str
    place: str
    context: str | None = None
    plural: str | None = None

    @property
    def key(self) -> str | tuple[str, str]:
        """Return what the catalogue knows the string by."""
        return (self.context, self.source) if self.context else self.source


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A refusal whose words nobody marked for translation."""

    source: str
    place: str


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _strings(call: ast.Call, most: int) -> list[str]:
    """Return the literal strings among the first arguments, past a locale that is no literal."""
    literal = [
        a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
    ]
    return literal[:most]


def _of_call(call: ast.Call, place: str) -> Use | Unmarked | None:
    match _name(call), _strings(call, 2):
        case (("_" | "_l" | "N_" | "gettext"), [source, *_]):
            return Use(source, place)
        case "D_", [source, *_]:  # as `results.documents.words` marks them
            return Use(source, place, context="document")
        case "ngettext", [singular, many]:
            return Use(singular, place, plural=many)
        case "pgettext", [context, source]:
            return Use(source, place, context=context)
        case name, [source, *_] if name in ERRORS and call.args[0] in _constants(call):
            return Unmarked(source, place)
        case _:
            return None


def _constants(call: ast.Call) -> list[ast.expr]:
    return [a for a in call.args if isinstance(a, ast.Constant)]


def in_python(root: Path) -> Iterator[Use | Unmarked]:
    """Give every marked string of the packages under `root`, and every unmarked refusal."""
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    use = _of_call(node, f"{file.relative_to(root)}:{node.lineno}")
                    if use is not None:
                        yield use


def in_templates(root: Path) -> Iterator[Use]:
    """Give every string of the templates of pages and mails."""
    options = {"newstyle_gettext": "true", "silent": "false"}
    for file in sorted((root / "templates").rglob("*")):
        if file.suffix not in {".html", ".txt", ".svg", ".xml"}:
            continue
        with file.open("rb") as stream:
            for line, function, message, _comments in babel_extract(
                stream, tuple(KEYWORDS), [], options
            ):
                yield _of_template(function, message, f"{file.relative_to(root)}:{line}")


def _of_template(function: str, message: object, place: str) -> Use:
    parts = [p for p in message if p is not None] if isinstance(message, tuple) else [message]
    match function, [str(part) for part in parts]:
        case "ngettext", [singular, many, *_]:
            return Use(singular, place, plural=many)
        case "pgettext", [context, source, *_]:
            return Use(source, place, context=context)
        case _, [source, *_]:
            return Use(source, place)
        case _:
            msg = f"{place}: {function} without a literal string"
            raise ValueError(msg)
