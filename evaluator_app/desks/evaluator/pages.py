"""The console's page."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy, Candidate
from evaluator_app.desks.evaluator.console_words import words
from evaluator_app.desks.evaluator.sheet_shapes import MOST_CHANGES
from evaluator_app.desks.shared.ice import IceServer, ice_servers
from evaluator_app.web.edge import db, house, needs
from evaluator_app.words import _, locale
from evaluator_app.words.arrangements import accommodation
from evaluator_app.words.vocabulary import INCIDENTS
from kernel import clock
from kernel.levels import LEVELS
from kernel.permissions import Permission
from kernel.shown import Shown
from rooms import snapshot
from rooms.incidents import NOT_BY_HAND
from rooms.joining import BEAT
from rooms.models import IncidentKind, Interview
from rooms.states import EvaluatorState
from rubrics.library import read_grid
from rubrics.models import Performance
from rubrics.scale import Value
from scheduling.models import Appointment


def load_page(session: Session, *, interview: int) -> Interview | None:
    """Load all that the console's skeleton shows in one statement."""
    candidacy = joinedload(Interview.appointment).joinedload(Appointment.candidacy)
    return session.scalar(
        select(Interview)
        .where(Interview.id == interview)
        .options(
            candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
            candidacy.joinedload(Candidacy.certification),
            joinedload(Interview.performance).joinedload(Performance.rubric),
        )
    )


class CriterionShown(Shown):
    """A criterion of the grid; `bands`: what a level means, by published level."""

    key: str
    letter: str
    name: str
    bands: dict[str, str]


class ScaleShown(Shown):
    """The scale of marks, by thirds of a level: what each is called, and its published level."""

    labels: dict[str, str]
    levels: dict[str, str]
    lowest: int
    highest: int


class ConsolePage(Shown):
    """What the console's script needs to begin."""

    interview: int
    user: int
    base: str
    ice: list[IceServer]
    criteria: list[CriterionShown]
    scale: ScaleShown
    most_changes: int
    state: EvaluatorState
    next_oral: str
    beat_s: float
    words: dict[str, str]


def marks_of(interview: Interview) -> dict[str, Any]:
    """Return what a page needs to mark an oral that is held: whose sheet, and with what."""
    return {
        "interview": interview.id,
        "user": interview.appointment.evaluator_id,
        "base": url_for("evaluator.console", interview=interview.id) + "/",
        **marking_of(interview.performance),
    }


def marking_of(performance: Performance) -> dict[str, Any]:
    """Return with what a page marks: the grid, the scale, the words."""
    language, grid = locale(), read_grid(performance.rubric.content)
    return {
        "criteria": [
            CriterionShown(
                key=criterion.key,
                letter=criterion.letter,
                name=criterion.name.say(language),
                bands={level: text.say(language) for level, text in criterion.bands.items()},
            )
            for criterion in grid.criteria
        ],
        "scale": ScaleShown(
            labels={str(int(value)): value.label(language) for value in Value},
            levels={str(int(value)): value.level for value in Value},
            lowest=min(Value),
            highest=max(Value),
        ),
        "most_changes": MOST_CHANGES,
        "words": words(house().settings.identity_picture_hours),
    }


def _page(interview: Interview) -> ConsolePage:
    evaluator_id, moment = interview.appointment.evaluator_id, clock.now()
    return ConsolePage(
        ice=ice_servers(house().settings, evaluator_id, moment),
        state=snapshot.for_evaluator(db(), interview, moment),
        next_oral=url_for("evaluator.next_oral"),
        beat_s=BEAT.total_seconds(),
        **marks_of(interview),
    )


def _arrangements(candidacy: Candidacy) -> list[str]:
    """Return what to do for this person: granted arrangements, the time, a note; never why."""
    words = [accommodation(key) for key in candidacy.accommodations]
    if candidacy.time_factor > 1:
        factor = round(candidacy.time_factor * 3)
        shown = f"{factor}/3" if factor % 3 else f"{factor // 3}"
        words.append(_("Les temps affichés sont déjà multipliés par %(factor)s", factor=shown))
    return [*words, *filter(None, [candidacy.accommodation_note])]


@needs(Permission.CONDUCT_INTERVIEW, load=load_page)
def console(interview: Interview) -> str:
    """Show the console of one interview, from the closed room to the submitted grid."""
    candidacy = interview.appointment.candidacy
    grid = read_grid(interview.performance.rubric.content)
    return render_template(
        "evaluator/console.html",
        interview=interview,
        candidate_name=candidacy.candidate.name,
        candidate_first_name=candidacy.candidate.name.split(" ")[0],
        certification_name=candidacy.certification.name(locale()),
        language=candidacy.certification.language,
        accommodations=_arrangements(candidacy),
        grid=grid,
        scale=list(Value),
        levels=LEVELS,
        incident_kinds=[
            (kind, INCIDENTS[kind]) for kind in IncidentKind if kind not in NOT_BY_HAND
        ],
        data=_page(interview).sent(),
    )
