"""TypeScript declarations of all that browsers are sent.

`python -m evaluator_app.web.declarations` writes `frontend/types/shown.d.ts` from the models; with
`--check` it writes nothing, and exits 1 when the file is not what they say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from evaluator_app.desks.candidate.oral import OralPage
from evaluator_app.desks.candidate.written import DemoPage, DocumentPage, TestPage, TriedAnswer
from evaluator_app.desks.candidate.written_acts import TestScene
from evaluator_app.desks.coordinator.observing import ObservePage
from evaluator_app.desks.evaluator.oral_actions import RecordingsShown
from evaluator_app.desks.evaluator.pages import ConsolePage
from evaluator_app.desks.evaluator.sheet_shapes import SheetAnswer, SheetShown
from evaluator_app.desks.shared.equipment import EquipmentPage
from evaluator_app.desks.shared.ice import Relay
from evaluator_app.desks.shared.oral_edge import EquipmentAnswer
from kernel.settings import HERE
from rooms.states import CandidateState, EvaluatorState, ObserverState

SHOWN: Final[tuple[type[BaseModel], ...]] = (
    CandidateState,
    ConsolePage,
    DemoPage,
    DocumentPage,
    EquipmentAnswer,
    EquipmentPage,
    EvaluatorState,
    ObservePage,
    ObserverState,
    OralPage,
    RecordingsShown,
    Relay,
    SheetAnswer,
    SheetShown,
    TestPage,
    TestScene,
    TriedAnswer,
)
FILE: Final = HERE / "frontend" / "types" / "shown.d.ts"
_HEAD: Final = (
    "// Made from the server's models by `python -m evaluator_app.web.declarations`: "
    "change them there.\n"
)
_NAME: Final = re.compile(r"[A-Z]\w*")
_PLAIN: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def declarations(models: Iterable[type[BaseModel]] = SHOWN) -> str:
    """Return the declarations of `models` and of all that they hold, by name.

    Raises:
        ValueError: two models have the same name, or a type has no TypeScript here.
    """
    _, schema = models_json_schema(
        [(model, "serialization") for model in models], ref_template="{model}"
    )
    return _HEAD + "".join(
        f"\n{_declaration(name, what)}" for name, what in sorted(schema["$defs"].items())
    )


def _declaration(name: str, schema: Mapping[str, Any]) -> str:
    if not _NAME.fullmatch(name) or "__" in name:
        raise ValueError(f"{name}: two models of this name")
    words = f"/** {' '.join(schema.get('description', name).split())} */\n"
    if "enum" in schema:
        return f"{words}export type {name} = {_type(schema)};\n"
    required = schema.get("required", [])
    fields = [
        _field(field, what, field in required) for field, what in schema["properties"].items()
    ]
    return f"{words}export interface {name} {{\n{''.join(fields)}}}\n"


def _field(name: str, schema: Mapping[str, Any], required: bool) -> str:
    if required:
        return f"  {name}: {_type(schema)};\n"
    # A default is left out, never sent as null.
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    return f"  {name}?: {_type({'anyOf': kinds})};\n"


def _type(schema: Mapping[str, Any]) -> str:
    for key, write in _WRITERS.items():
        if key in schema:
            return write(schema)
    raise ValueError(f"no TypeScript for {schema}")


def _plain(schema: Mapping[str, Any]) -> str:
    if schema["type"] == "array":
        item = _type(schema["items"])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if schema["type"] == "object":
        values = schema.get("additionalProperties")
        inner = _type(values) if isinstance(values, dict) and values else "unknown"
        return f"Record<string, {inner}>"
    return _PLAIN[schema["type"]]


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


_WRITERS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "$ref": lambda schema: str(schema["$ref"]),
    "anyOf": lambda schema: " | ".join(dict.fromkeys(map(_type, schema["anyOf"]))),
    "const": lambda schema: _literal(schema["const"]),
    "enum": lambda schema: " | ".join(map(_literal, schema["enum"])),
    "type": _plain,
}


def main(arguments: list[str], file: Path = FILE) -> int:
    """Write the file, or only compare it; return 1 if it was to be compared and differs."""
    wanted = declarations()
    if "--check" not in arguments:
        file.write_text(wanted)
        return 0
    if file.exists() and file.read_text() == wanted:
        return 0
    print(  # noqa: T201 -- a command
        f"{file.name} is not what the models say: python -m evaluator_app.web.declarations",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
