"""The grid as a script uses it: a sheet, what changed in it, submitting. All in JSON.

Every change answers with the whole sheet, so that a page draws from whatever came last.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from evaluator_app.desks.evaluator.sheet_shapes import (
    MOST_BODY,
    MOST_MS,
    Change,
    Changes,
    LackShown,
    MarkShown,
    NoteShown,
    RivalsShown,
    SheetAnswer,
    SheetShown,
    Submission,
)
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.posted import read, takes
from evaluator_app.words import _, locale
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Permission
from rooms.models import Interview, InterviewState
from rubrics import marking, queries, syncing
from rubrics.models import Kind, Performance, Scoresheet
from rubrics.operations import Wish


def _wish(sent: dict[str, Any]) -> Wish:
    """Return the operation that a browser sent. Raise Invalid when it is none."""
    change = read(Change, sent).root
    value = change.value.model_dump()
    made_at = None
    if change.made_at is not None and 0 <= change.made_at < MOST_MS:
        made_at = datetime.fromtimestamp(change.made_at / 1000, UTC)
    kind = Kind(change.kind)
    return Wish(change.id, kind, change.place, value, change.base, change.after, made_at)


def _sheet(session: Session, *, sheet: int) -> Scoresheet | None:
    return session.scalar(
        select(Scoresheet)
        .where(Scoresheet.id == sheet)
        .options(
            joinedload(Scoresheet.assignment),
            joinedload(Scoresheet.performance).joinedload(Performance.rubric),
            selectinload(Scoresheet.marks),
            selectinload(Scoresheet.notes),
            selectinload(Scoresheet.standing),
        )
    )


def shown(sheet: Scoresheet) -> SheetShown:
    """Return a sheet as browsers show it: state, marks by criterion, notes, what is lacking."""
    return SheetShown(
        id=sheet.id,
        state=sheet.state,
        version=sheet.version,
        revision=sheet.revision,
        reason=sheet.reason,
        submitted_at=sheet.submitted_at,
        marks={
            mark.criterion: MarkShown(
                thirds=mark.thirds,
                not_assessable=mark.not_assessable,
                reason=mark.reason,
                nothing_to_add=mark.nothing_to_add,
            )
            for mark in sheet.marks
        },
        notes=[
            NoteShown(
                client_id=note.client_id,
                criterion=note.criterion,
                part=note.part,
                second=note.second,
                text=note.text,
            )
            for note in queries.live_notes(sheet)
        ],
        rivals={
            criterion: RivalsShown.model_validate(
                {
                    str(kind): [{"id": rival.client_id, **rival.value} for rival in rivals]
                    for kind, rivals in cells.items()
                }
            )
            for criterion, cells in queries.rivals(sheet).items()
        },
        lacks=[
            LackShown(criterion=lack.criterion, want=lack.want) for lack in marking.lacks(sheet)
        ],
    )


@for_script
@needs(Permission.CONDUCT_INTERVIEW, load=by_id(Interview, "interview"), beside=True)
def open_sheet(interview: Interview) -> Response:
    """Give the evaluator's sheet of this interview, made now if there is none."""
    sheet = marking.open_sheet(db(), actor(), interview.performance)
    db().flush()
    return jsonify(shown(sheet).sent())


@for_script
@needs(Permission.MARK, load=_sheet, beside=True)
def show_sheet(sheet: Scoresheet) -> Response:
    """Give the sheet, or nothing when it is as the asker has it (`?known=` its revision)."""
    if request.args.get("known") == str(sheet.revision):
        return Response(status=204)
    return jsonify(shown(sheet).sent())


@for_script
@needs(Permission.MARK, load=_sheet, beside=True)
@takes(Changes, MOST_BODY)
def post_changes(sheet: Scoresheet, sent: Changes) -> Response:
    """Apply what a browser kept, each change once however often it is sent.

    Answers the whole sheet, and `refused`: what will never be taken, by id, with why. Whatever
    was sent and is not in there, is kept.
    """
    refused: dict[str, str] = {}
    wishes = []
    for change in sent.changes:
        try:
            wishes.append(_wish(change))
        except Invalid as error:
            refused[str(change.get("id", ""))] = _(error.message, **error.params)
    for outcome in syncing.take(db(), actor(), sheet, wishes):
        if outcome.refusal is not None:
            refused[outcome.id] = _(outcome.refusal.message, **outcome.refusal.params)
    return jsonify(SheetAnswer(**dict(shown(sheet)), refused=refused).sent())


@for_script
@needs(Permission.MARK, load=_sheet)
@takes(Submission)
def submit(sheet: Scoresheet, seen: Submission) -> Response | tuple[Response, int]:
    """Submit the sheet of an interview that has ended, as it was on the screen."""
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
        marking.submit(db(), actor(), sheet, seen=seen.revision, comment=seen.comment)
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
    return jsonify(shown(sheet).sent())
