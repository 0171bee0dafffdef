"""Marking an oral from its recording: blind as a second rater, or to settle two that differ.

Nothing that this module answers says who the candidate is, from where, what they aim at, when the
oral was held, or, to a second rater, what anybody else gave or noted.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy
from evaluator_app.desks.evaluator import playing
from evaluator_app.desks.evaluator.grid import shown
from evaluator_app.desks.evaluator.pages import CriterionShown, ScaleShown, marking_of
from evaluator_app.desks.shared.comparing import Comparison, compare
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.web.edge import actor, db, needs
from evaluator_app.words import _
from kernel import clock
from kernel.errors import NotThere
from kernel.permissions import Permission
from kernel.shown import Shown
from people.languages import Language
from results import policies, rating, second_marking
from rooms.models import Interview, Recording
from rubrics import marking, queries
from rubrics.library import read_grid
from rubrics.models import Assignment, Performance, RaterRole, SheetState
from rubrics.scale import Value

BEAT_S = 5.0


class RatingPage(Shown):
    """What the page's script needs to begin; `interview` names what its drafts belong to."""

    interview: str
    user: int
    base: str
    criteria: list[CriterionShown]
    scale: ScaleShown
    most_changes: int
    next_oral: str
    beat_s: float
    words: dict[str, str]


@dataclass(frozen=True)
class ToRate:
    """One oral of the list: its number, and by when."""

    row: Assignment
    word: str
    tone: str


def load(session: Session, *, assignment: int, **_rest: object) -> Assignment | None:
    """Load an assignment with the grid that it is marked with."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment)
        .options(joinedload(Assignment.performance).joinedload(Performance.rubric))
    )


def _interview(row: Assignment) -> Interview:
    interview = rating.interview_of(db(), row.performance_id)
    if interview is None:
        raise NotThere
    return interview


def to_rate(rater_id: int) -> list[ToRate]:
    """Return what somebody has to mark from a recording, the most urgent first."""
    rows = db().scalars(
        select(Assignment)
        .where(Assignment.rater_id == rater_id, *rating.to_do())
        .order_by(Assignment.due_at, Assignment.id)
        .options(joinedload(Assignment.performance))
    )
    return [ToRate(row, *_word(row)) for row in rows]


def _word(row: Assignment) -> tuple[str, str]:
    if row.due_at is not None and row.due_at <= clock.now():
        return _("En retard"), "person"
    return _("À noter"), "wait"


def title(row: Assignment) -> str:
    """Name an oral for whoever must not know whose it is."""
    return _("Oral n° %(number)s", number=row.id)


@needs(Permission.RATE_RECORDING, load=load)
def rate(row: Assignment) -> str:
    """Show the recording and an own grid."""
    newest = queries.latest(db(), row.id)
    language: Language = row.performance.language
    return render_template(
        "evaluator/rating.html",
        row=row,
        title=title(row),
        language=language,
        due_at=row.due_at,
        compared=_compared(row),
        comment=newest.comment if newest else "",
        sound_alone=_sound_alone(row),
        submitted=newest is not None and newest.state is SheetState.SUBMITTED,
        grid=read_grid(row.performance.rubric.content),
        scale=list(Value),
        data=_page(row).sent(),
    )


def _compared(row: Assignment) -> Comparison | None:
    """Return both sheets for whoever settles between them, and for nobody else."""
    if row.role is not RaterRole.ADJUDICATOR or row.performance.candidacy_id is None:
        return None
    sheets = queries.in_force(db(), row.performance_id)
    given = dict(sheets)
    given.pop(row.role, None)
    candidacy = db().get_one(Candidacy, row.performance.candidacy_id)
    return compare(policies.of(db(), candidacy), given, names=False)


def _sound_alone(row: Assignment) -> bool:
    manifests = db().scalars(
        select(Recording.manifest).where(
            Recording.interview_id == _interview(row).id, Recording.manifest.is_not(None)
        )
    )
    return rating.mode_of([manifest for manifest in manifests if manifest]) == "sound"


def _page(row: Assignment) -> RatingPage:
    return RatingPage(
        interview=f"rating-{row.id}",
        user=row.rater_id,
        base=url_for("evaluator.rate", assignment=row.id) + "/",
        next_oral=url_for("evaluator.next_oral"),
        beat_s=BEAT_S,
        **marking_of(row.performance),
    )


@for_script
@needs(Permission.RATE_RECORDING, load=load)
def rating_sheet(row: Assignment) -> Response:
    """Give the rater's own sheet, made now if there is none."""
    sheet = marking.open_sheet(db(), actor(), row.performance)
    second_marking.begin(db(), row)
    db().flush()
    return jsonify(shown(sheet).sent())


@for_script
@needs(Permission.RATE_RECORDING, load=load)
def rating_recording(row: Assignment) -> Response:
    """Answer what was recorded, at addresses of this assignment, and not when."""

    def address(recording: Recording, index: int) -> str:
        return url_for(
            "evaluator.rating_file", assignment=row.id, recording_id=recording.id, index=index
        )

    return jsonify(playing.shown(_interview(row), address, blind=True).sent())


@needs(Permission.RATE_RECORDING, load=load)
def rating_file(row: Assignment) -> ResponseReturnValue:
    """Play one file of the recording, by ranges; the viewing is logged."""
    parts = request.view_args or {}
    return playing.play(_interview(row), parts["recording_id"], parts["index"])


@needs(Permission.RATE_RECORDING, load=load)
def give_back(row: Assignment) -> ResponseReturnValue:
    """Give the oral back, because one knows the person."""
    second_marking.recuse(db(), actor(), row, request.form.get("reason", "")[:200])
    flash(_("Merci de l'avoir dit : quelqu'un d'autre notera cet oral."), "good")
    return redirect(url_for(".home"))
