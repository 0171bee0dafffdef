"""The grid as a script uses it: a sheet, its marks, its notes, submitting. All in JSON.

Every change answers with the whole sheet, so that a page draws from whatever came last.
"""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response, g, jsonify, request
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from evaluator_app.desks.evaluator import bp
from evaluator_app.edge import actor, by_id, db, needs
from evaluator_app.oral_edge import Body, for_script
from evaluator_app.words import _, locale
from kernel import clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Permission
from rooms import recordings
from rooms.models import Interview, InterviewState
from rubrics import marking, noting, queries
from rubrics.models import Performance, Scoresheet

Shape = TypeVar("Shape", bound="_Strict")


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class MarkBody(_Strict):
    """A whole mark: thirds of a level, or not assessable, or neither yet."""

    thirds: int | None = None
    not_assessable: bool = False
    reason: str = ""
    nothing_to_add: bool = False


class NoteBody(_Strict):
    """A new note; `second` on the oral's timeline, null when nothing is recorded."""

    client_id: str
    text: str
    criterion: str | None = None
    part: int | None = None
    second: float | None = None


class NoteEdit(_Strict):
    """What may change in a note."""

    text: str
    criterion: str | None = None


def read(kind: type[Shape]) -> Shape:
    """Read the request's JSON as `kind`; nothing at all is no change of a sheet.

    Raises:
        Invalid: it is empty, or not JSON of that shape.
    """
    found = Body().found
    if not found:
        raise Invalid(N_("Ce qui a été envoyé ne peut pas être lu."))
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise Invalid(
            N_("Ce qui a été envoyé ne peut pas être lu."), str(place[0]) if place else None
        ) from error


def _sheet(session: Session, *, sheet: int) -> Scoresheet | None:
    return session.scalar(
        select(Scoresheet)
        .where(Scoresheet.id == sheet)
        .options(
            joinedload(Scoresheet.performance).joinedload(Performance.rubric),
            selectinload(Scoresheet.marks),
            selectinload(Scoresheet.notes),
        )
    )


def as_json(sheet: Scoresheet) -> dict[str, Any]:
    """Return a sheet as browsers show it: state, marks by criterion, notes, what is lacking."""
    return {
        "id": sheet.id,
        "state": sheet.state,
        "version": sheet.version,
        "revision": sheet.revision,
        "reason": sheet.reason,
        "submitted_at": sheet.submitted_at.isoformat() if sheet.submitted_at else None,
        "marks": {
            mark.criterion: {
                "thirds": mark.thirds,
                "not_assessable": mark.not_assessable,
                "reason": mark.reason,
                "nothing_to_add": mark.nothing_to_add,
            }
            for mark in sheet.marks
        },
        "notes": [
            {
                "client_id": note.client_id,
                "criterion": note.criterion,
                "part": note.part,
                "second": note.second,
                "text": note.text,
            }
            for note in queries.live_notes(sheet)
        ],
        "lacks": [
            {"criterion": lack.criterion, "want": lack.want} for lack in marking.lacks(sheet)
        ],
    }


@bp.post("/interviews/<int:interview>/scoresheet")
@for_script
@needs(Permission.CONDUCT_INTERVIEW, load=by_id(Interview, "interview"))
def open_sheet(interview: Interview) -> Response:
    """Give the evaluator's sheet of this interview, made now if there is none."""
    sheet = marking.open_sheet(db(), actor(), interview.performance)
    db().flush()
    return jsonify(as_json(sheet))


@bp.get("/scoresheets/<int:sheet>")
@for_script
@needs(Permission.MARK, load=_sheet)
def show_sheet(sheet: Scoresheet) -> Response:
    """Give the sheet."""
    return jsonify(as_json(sheet))


def _of_criterion(session: Session, *, sheet: int, criterion: str) -> Scoresheet | None:  # noqa: ARG001
    return _sheet(session, sheet=sheet)


@bp.put("/scoresheets/<int:sheet>/marks/<criterion>")
@for_script
@needs(Permission.MARK, load=_of_criterion)
def put_mark(sheet: Scoresheet) -> Response:
    """Write the mark of one criterion."""
    body = read(MarkBody)
    criterion = str((request.view_args or {})["criterion"])
    marking.set_mark(db(), actor(), sheet, criterion, **body.model_dump())
    return jsonify(as_json(sheet))


@bp.post("/scoresheets/<int:sheet>/notes")
@for_script
@needs(Permission.MARK, load=_sheet)
def post_note(sheet: Scoresheet) -> Response:
    """Keep a note, once however often it is sent; without a moment it gets the present one."""
    note = read(NoteBody)
    if note.second is None:
        interview = db().scalar(
            select(Interview).where(Interview.performance_id == sheet.performance_id)
        )
        if interview is not None and interview.state is InterviewState.RUNNING:
            note.second = recordings.second(interview, clock.now())
            note.part = note.part or interview.part
    noting.add_note(db(), actor(), sheet, **note.model_dump())
    return jsonify(as_json(sheet))


def _of_note(session: Session, *, sheet: int, client_id: str) -> Scoresheet | None:  # noqa: ARG001
    return _sheet(session, sheet=sheet)


@bp.patch("/scoresheets/<int:sheet>/notes/<client_id>")
@for_script
@needs(Permission.MARK, load=_of_note)
def patch_note(sheet: Scoresheet) -> Response:
    """Change the words or the criterion of a note."""
    client_id = str((request.view_args or {})["client_id"])
    noting.edit_note(db(), actor(), sheet, client_id, **read(NoteEdit).model_dump())
    return jsonify(as_json(sheet))


@bp.delete("/scoresheets/<int:sheet>/notes/<client_id>")
@for_script
@needs(Permission.MARK, load=_of_note)
def delete_note(sheet: Scoresheet) -> Response:
    """Remove a note."""
    noting.remove_note(db(), actor(), sheet, str((request.view_args or {})["client_id"]))
    return jsonify(as_json(sheet))


@bp.post("/scoresheets/<int:sheet>/submit")
@for_script
@needs(Permission.MARK, load=_sheet)
def submit(sheet: Scoresheet) -> Response | tuple[Response, int]:
    """Submit the sheet of an interview that has ended."""
    state = db().scalar(
        select(Interview.state).where(Interview.performance_id == sheet.performance_id)
    )
    if state is InterviewState.ABORTED:
        raise Refused(
            N_("L'entretien a été arrêté par un incident : la grille n'est pas attendue.")
        )
    if state is not None and state is not InterviewState.ENDED:
        raise Refused(N_("Terminez l'entretien avant de soumettre la grille."))
    try:
        marking.submit(db(), actor(), sheet)
    except marking.Incomplete as error:
        g.failed = True
        names = queries.grid_of(sheet).names(locale())
        missing = ", ".join(dict.fromkeys(names[lack.criterion] for lack in error.lacks))
        refusal = {
            "error": _(error.message, missing=missing),
            "field": error.field,
            "missing": [{"criterion": lack.criterion, "want": lack.want} for lack in error.lacks],
        }
        return jsonify(refusal), error.status
    return jsonify(as_json(sheet))
