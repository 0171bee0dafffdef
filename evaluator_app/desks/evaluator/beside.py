"""The grid on a second screen: its page, the moment that its notes are bound to, the code to it.

It is no second participant of the call. Whoever comes by the code has a session that reaches this
oral's grid and nothing else, and does not submit.
"""

from __future__ import annotations

import segno
from flask import Response, jsonify, render_template, url_for

from evaluator_app.desks.evaluator.pages import CriterionShown, ScaleShown, load_page, marks_of
from evaluator_app.desks.shared import besides
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.desks.shared.oral_posted import OralAct
from evaluator_app.web.edge import actor, by_id, db, house, needs, person
from evaluator_app.web.posted import takes
from evaluator_app.words import locale
from kernel import clock
from kernel.permissions import Permission
from kernel.shown import Shown
from people import entry
from people.models import LinkPurpose
from rooms import recordings
from rooms.joining import BEAT
from rooms.models import Interview, InterviewState
from rubrics.library import read_grid
from rubrics.scale import Value


class BesidePage(Shown):
    """What the second screen's script needs to begin."""

    interview: int
    user: int
    base: str
    criteria: list[CriterionShown]
    scale: ScaleShown
    most_changes: int
    beat_s: float
    words: dict[str, str]


class BesideMoment(Shown):
    """Where the oral stands: what a note made now is bound to."""

    state: InterviewState
    part: int | None
    second: float | None


class BesideLink(Shown):
    """A code that opens the second screen once: the image of its address."""

    address: str
    image: str
    minutes: int


_by_id = by_id(Interview, "interview")


@needs(Permission.CONDUCT_INTERVIEW, load=load_page, beside=True)
def beside(interview: Interview) -> str:
    """Show grid and notes alone."""
    candidacy = interview.appointment.candidacy
    data = BesidePage(beat_s=BEAT.total_seconds(), **marks_of(interview))
    return render_template(
        "evaluator/beside.html",
        candidate_name=candidacy.candidate.name,
        certification_name=candidacy.certification.name(locale()),
        grid=read_grid(interview.performance.rubric.content),
        scale=list(Value),
        data=data.sent(),
    )


@for_script
@needs(Permission.CONDUCT_INTERVIEW, load=_by_id, beside=True)
def beside_moment(interview: Interview) -> Response:
    """Say where the oral stands, and note that a second screen asked."""
    now = clock.now()
    besides.note(interview.id, now)
    second = recordings.second(interview, now)
    return jsonify(
        BesideMoment(
            state=interview.state,
            part=interview.part,
            second=None if second is None else round(second, 2),
        ).sent()
    )


@for_script
@needs(Permission.CONDUCT_INTERVIEW, load=_by_id)
@takes(OralAct)
def beside_link(interview: Interview, _act: OralAct) -> Response:
    """Make a link that opens the second screen once, for two minutes; an earlier one ends."""
    user = person()
    entry.end_all(db(), user, LinkPurpose.BESIDE)
    address = entry.make(
        db(),
        actor(),
        house().settings,
        user,
        LinkPurpose.BESIDE,
        to=url_for("evaluator.beside", interview=interview.id),
        reach=f"marks:{interview.performance_id}",
    )
    code = segno.make(address, error="m", micro=False)
    return jsonify(
        BesideLink(
            address=address,
            image=code.svg_data_uri(scale=5, border=2, light="#fff", dark="#000"),
            minutes=int(entry.LIFETIME[LinkPurpose.BESIDE].total_seconds() // 60),
        ).sent()
    )
