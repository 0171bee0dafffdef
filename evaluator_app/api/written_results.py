"""Results of written tests, sent by the platform where they were sat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as day
from typing import Annotated, Any

from apiflask.scaffold import APIScaffold
from apiflask.types import ResponsesObjectType
from flask import Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, ValidationError

from evaluator_app.api.callers import caller, calls
from evaluator_app.web.edge import db, house
from evaluator_app.web.large_bodies import View, takes
from evaluator_app.words import _
from kernel.errors import N_, Invalid
from kernel.names import kept
from kernel.permissions import SYSTEM
from written_test.elsewhere.results_importing import Incoming, Outcome, RowAnswer, bring_in
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import Mapping, NamedBy
from written_test.elsewhere.results_reading.rows import OTHER_SCALE, Refusal, Row, other_scale

MOST = 1000
MOST_BYTES = 2 * 1024 * 1024
NO_NUL: dict[str, Any] = {"pattern": "^[^\\u0000]*$"}  # refused in any JSON, see `incoming`
LevelWords = Annotated[
    str, Field(max_length=20, examples=["B1", "b1+", "B1.2"], json_schema_extra=NO_NUL)
]


class Strict(BaseModel):
    """Nothing that is not named here, and no number where a text is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Skills(Strict):
    """Level per skill, where the test tells."""

    vocabulary: LevelWords = ""
    grammar: LevelWords = ""
    expressions: LevelWords = ""
    reading: LevelWords = ""


class Result(Strict):
    """One result; `reference` is its own name at its source, and never changes."""

    candidate: Annotated[
        str,
        Field(
            min_length=1, max_length=254, json_schema_extra=NO_NUL, examples=["ana@example.test"]
        ),
    ]
    candidate_by: Annotated[NamedBy, Field(description="what `candidate` is")] = NamedBy.EMAIL
    date: Annotated[day, Field(description="day of the test")]
    level: LevelWords = ""
    score: (
        Annotated[float, Field(allow_inf_nan=False)]
        | Annotated[str, Field(max_length=40, json_schema_extra=NO_NUL)]
    ) = ""
    reference: Annotated[str, Field(min_length=1, max_length=120, json_schema_extra=NO_NUL)]
    skills: Skills = Skills()
    reason: Annotated[
        str,
        Field(
            max_length=300,
            json_schema_extra=NO_NUL,
            description="why a result sent before has changed",
        ),
    ] = ""


class Results(RootModel[Annotated[list[Result], Field(max_length=MOST)]]):
    """Up to a thousand results."""


class Answer(BaseModel):
    """What became of one result; `reason` in words where it was refused."""

    reference: str
    status: Outcome
    reason: str | None


class Answers(BaseModel):
    """What became of each result, in the order in which they were sent."""

    results: list[Answer]


class Problem(BaseModel):
    """Why nothing of the call was kept."""

    error: str
    field: str | None


_reader = TypeAdapter(Results)
about = APIScaffold()
"""Writes on a view what `openapi.json` says of it."""


def reads(model: type[BaseModel]) -> Callable[[View], View]:
    """Describe a call's body; the call reads it itself, after it knows who sends it."""

    def describe(view: View) -> View:
        described = about.input(model)(lambda **_: None)
        view._spec = described._spec  # type: ignore[attr-defined]  # noqa: SLF001
        return view

    return describe


def _described(status: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    if model is Answers:
        schema = Answers.model_json_schema(mode="serialization")
        answer = schema.pop("$defs")
        answer["Answer"]["properties"]["status"] = answer["Outcome"]
        schema["properties"]["results"]["items"] = answer["Answer"]
    return {"description": status, "content": {"application/json": {"schema": schema}}}


RESPONSES: ResponsesObjectType = {
    200: _described("What became of each result.", Answers),
    400: _described("The call was not understood.", Problem),
    401: _described("No token, or one that was renewed or switched off.", Problem),
    409: _described("The source is switched off, or the same was sent twice at once.", Problem),
    413: _described("More than 2 MB.", Problem),
    422: _described("Not JSON, or not of this shape; nothing was kept.", Problem),
    429: _described("Too many calls; wait a minute.", Problem),
    503: _described("Busy; nothing was kept, try again.", Problem),
}


@takes(MOST_BYTES)
@calls
@about.doc(
    summary="Send results of written tests",
    description=(
        "Idempotent by source and reference: the same again is `unchanged`, another level, score, "
        "date or skill under a known reference is a `new_version`. `conflict`: another result "
        "is in force already, and a coordinator will choose. `refused` comes with a reason; the "
        "others of the call are kept. Send `level`, or `score` if the source has a table."
    ),
    responses=RESPONSES,
    security="token",
)
@reads(Results)
def written_results() -> Response:
    """Bring in what a source sends, and say of each result what became of it."""
    source = caller()
    data = request.get_data()
    sent = _read(data)
    mapping = Mapping.of(source.mapping)
    items = [_row(place, result, mapping) for place, result in enumerate(sent.root, start=1)]
    imported = bring_in(
        *(db(), SYSTEM, house().storage, source, Incoming("api.json", "api", data), items),
        tell=True,
    )
    pairs = zip(sent.root, imported.answers, strict=True)
    answers = [_answer(result.reference, answer) for result, answer in pairs]
    return jsonify(Answers(results=answers).model_dump(mode="json"))


def _read(data: bytes) -> Results:
    """Read the body.

    Raises:
        Invalid: not JSON, or not the list that is described.
    """
    try:
        current_app.json.loads(data)  # strictly: see `incoming`
    except ValueError:
        raise Invalid(
            N_("Le corps de l'appel n'est pas du JSON lisible : rien n'est gardé.")
        ) from None
    try:
        return _reader.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "."
        raise Invalid(
            N_("« %(where)s » : %(problem)s. Rien n'est gardé."),
            where,
            where=where,
            problem=first["msg"],
        ) from None


def _row(place: int, result: Result, mapping: Mapping) -> Row | Refusal:
    skills = {}
    for skill, said in result.skills.model_dump().items():
        known = cells.level(said)
        if said and known is None:
            return Refusal(place, N_("« %(value)s » n'est pas un niveau."), {"value": said})
        if known is not None:
            skills[skill] = known
    points = cells.number(str(result.score))
    level = cells.level(result.level)
    if result.level and level is None:
        return Refusal(place, N_("« %(value)s » n'est pas un niveau."), {"value": result.level})
    if level is None and (points is None or not mapping.table):
        return Refusal(place, N_("Le niveau n'est pas donné."))
    if level is None and (whole := other_scale(str(result.score), mapping)) is not None:
        return Refusal(place, OTHER_SCALE, {"value": result.score, "whole": str(whole)})
    score = str(result.score) if points is None else format(points.normalize(), "f")
    return Row(
        place=place,
        candidate=kept(result.candidate),
        by=result.candidate_by,
        sat_on=result.date,
        level=level or mapping.level_of(points or cells.ZERO),
        score=score,
        reference=kept(result.reference),
        skills=skills,
        reason=result.reason.strip(),
    )


def _answer(reference: str, answer: RowAnswer) -> Answer:
    words = _(answer.reason, **answer.params) if answer.reason else None
    return Answer(reference=reference, status=answer.outcome, reason=words)
