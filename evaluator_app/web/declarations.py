"""TypeScript declarations of all that browsers are sent, and of all that their scripts post.

`python -m evaluator_app.web.declarations` writes `frontend/types/shown.d.ts` and `posted.d.ts` from
the models; with `--check` it writes nothing, and exits 1 when a file is not what they say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from evaluator_app.desks.candidate import routes as candidate_routes
from evaluator_app.desks.candidate.help_page import HelpWanted
from evaluator_app.desks.candidate.oral import OralPage
from evaluator_app.desks.candidate.proctoring import Signals, SnapshotAbout, WatchRuns
from evaluator_app.desks.candidate.written import (
    DemoPage,
    DocumentPage,
    TestPage,
    Trial,
    TriedAnswer,
)
from evaluator_app.desks.candidate.written_acts import TestScene
from evaluator_app.desks.coordinator import routes as coordinator_routes
from evaluator_app.desks.coordinator.observing import ObservePage
from evaluator_app.desks.evaluator import routes as evaluator_routes
from evaluator_app.desks.evaluator.beside import BesideLink, BesideMoment, BesidePage
from evaluator_app.desks.evaluator.home import NextOral
from evaluator_app.desks.evaluator.pages import ConsolePage
from evaluator_app.desks.evaluator.playing import RecordingsShown
from evaluator_app.desks.evaluator.ratings import RatingPage
from evaluator_app.desks.evaluator.sheet_shapes import Change, SheetAnswer, SheetShown, Submission
from evaluator_app.desks.shared.besides import Beside
from evaluator_app.desks.shared.equipment import EquipmentPage
from evaluator_app.desks.shared.ice import Relay
from evaluator_app.desks.shared.oral_edge import Answered, EquipmentAnswer
from evaluator_app.desks.shared.oral_posted import Offer
from evaluator_app.live.hub import Changed, Topic
from evaluator_app.web.routes import Route
from kernel.settings import HERE
from proctor.equipment import EquipmentFacts
from rooms.states import CandidateState, EvaluatorState, ObserverState

SHOWN: Final[tuple[type[BaseModel], ...]] = (
    Answered,
    Beside,
    BesideLink,
    BesideMoment,
    BesidePage,
    CandidateState,
    Changed,
    ConsolePage,
    DemoPage,
    DocumentPage,
    EquipmentAnswer,
    EquipmentPage,
    EvaluatorState,
    NextOral,
    ObservePage,
    ObserverState,
    OralPage,
    RatingPage,
    RecordingsShown,
    Relay,
    SheetAnswer,
    SheetShown,
    TestPage,
    TestScene,
    TriedAnswer,
)
POSTED: Final[tuple[type[BaseModel], ...]] = (
    Change,
    EquipmentFacts,
    HelpWanted,
    Offer,
    Signals,
    SnapshotAbout,
    Submission,
    Topic,
    Trial,
    WatchRuns,
)
ACTS: Final[Mapping[str, tuple[str, tuple[Route, ...]]]] = {
    "CandidateActs": ("/oral/<int:interview_id>/", candidate_routes.ROUTES),
    "EvaluatorActs": ("/interviews/<int:interview_id>/", evaluator_routes.ROUTES),
    "ObserverActs": ("/interviews/<int:interview_id>/observe/", coordinator_routes.ROUTES),
    "TestActs": ("/candidacies/<int:candidacy_id>/written/", candidate_routes.ROUTES),
}
"""Where a page posts its acts: the end of each address, and what is posted there."""
TYPES: Final = HERE / "frontend" / "types"
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


def shown(models: Iterable[type[BaseModel]] = SHOWN) -> str:
    """Return the declarations of what browsers are sent, by name.

    Raises:
        ValueError: two models have the same name, or a type has no TypeScript here.
    """
    # A default is left out, never sent as null.
    return _declarations(models, "serialization", _without_null)


def posted(
    models: Iterable[type[BaseModel]] = POSTED,
    acts: Mapping[str, tuple[str, tuple[Route, ...]]] = ACTS,
) -> str:
    """Return the declarations of what scripts post, then what each act of a page does.

    Raises:
        ValueError: as `shown`.
    """
    pages = {name: _acts(*where) for name, where in acts.items()}
    taken = [model for page in pages.values() for model in page.values()]
    declared = _declarations([*models, *taken], "validation", lambda schema: schema)
    return declared + "".join(f"\n{_page(name, page)}" for name, page in pages.items())


def _declarations(
    models: Iterable[type[BaseModel]],
    mode: JsonSchemaMode,
    optional: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> str:
    """Return the declarations of `models` and of all that they hold; `optional`: of a field."""
    each = dict.fromkeys(models)
    _, schema = models_json_schema([(model, mode) for model in each], ref_template="{model}")
    return _HEAD + "".join(
        f"\n{_declaration(name, what, optional)}" for name, what in sorted(schema["$defs"].items())
    )


def _acts(prefix: str, routes: Iterable[Route]) -> dict[str, type[BaseModel]]:
    """Return what is posted at each address below `prefix`, by its end."""
    return {
        route.rule.removeprefix(prefix): route.view.takes
        for route in routes
        if route.rule.startswith(prefix) and "<" not in route.rule.removeprefix(prefix)
        if hasattr(route.view, "takes")
    }


def _page(name: str, acts: Mapping[str, type[BaseModel]]) -> str:
    fields = [f"  {_key(act)}: {kind.__name__};\n" for act, kind in sorted(acts.items())]
    words = "/** What each act of a page posts, by the end of its address. */\n"
    return f"{words}export interface {name} {{\n{''.join(fields)}}}\n"


def _key(name: str) -> str:
    return name if name.isidentifier() else f"'{name}'"


def _declaration(
    name: str,
    schema: Mapping[str, Any],
    optional: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> str:
    if not _NAME.fullmatch(name) or "__" in name:
        raise ValueError(f"{name}: two models of this name")
    words = f"/** {' '.join(schema.get('description', name).split())} */\n"
    if "properties" not in schema:
        return f"{words}export type {name} = {_type(schema)};\n"
    required = schema.get("required", [])
    fields = [
        f"  {field}: {_type(what)};\n"
        if field in required
        else f"  {field}?: {_type(optional(what))};\n"
        for field, what in schema["properties"].items()
    ]
    return f"{words}export interface {name} {{\n{''.join(fields)}}}\n"


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]}


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
        if "patternProperties" in schema:
            (values,) = schema["patternProperties"].values()
        inner = _type(values) if isinstance(values, dict) and values else "unknown"
        return f"Record<string, {inner}>"
    return _PLAIN[schema["type"]]


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


_WRITERS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "$ref": lambda schema: str(schema["$ref"]),
    "anyOf": lambda schema: " | ".join(dict.fromkeys(map(_type, schema["anyOf"]))),
    "oneOf": lambda schema: " | ".join(map(_type, schema["oneOf"])),
    "const": lambda schema: _literal(schema["const"]),
    "enum": lambda schema: " | ".join(map(_literal, schema["enum"])),
    "type": _plain,
}


def main(arguments: list[str], folder: Path = TYPES) -> int:
    """Write both files, or only compare them; return 1 if one was to be compared and differs."""
    wanted = {folder / "shown.d.ts": shown(), folder / "posted.d.ts": posted()}
    if "--check" not in arguments:
        for file, text in wanted.items():
            file.write_text(text)
        return 0
    stale = [file for file, text in wanted.items() if not file.exists() or file.read_text() != text]
    for file in stale:
        print(  # noqa: T201 -- a command
            f"{file.name} is not what the models say: python -m evaluator_app.web.declarations",
            file=sys.stderr,
        )
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
