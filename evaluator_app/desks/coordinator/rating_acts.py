"""What a coordinator does about further marks: asks for them, of somebody else, or no more."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.web.edge import actor, db, needs
from evaluator_app.web.incoming import whole
from evaluator_app.words import _
from kernel.errors import NotThere
from kernel.permissions import Permission
from people.models import User
from results import second_marking
from rubrics.models import Assignment


def _chosen() -> User:
    rater = db().get(User, whole(request.form, "rater", 0))
    if rater is None:
        raise NotThere
    return rater


def _assignment(session: Session, candidacy_id: int, assignment_id: int) -> Assignment | None:
    row = session.get(Assignment, assignment_id)
    return row if row is not None and row.performance.candidacy_id == candidacy_id else None


def _back(candidacy_id: int | None) -> ResponseReturnValue:
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy_id, _anchor="rating"))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def ask_rating(candidacy: Candidacy) -> ResponseReturnValue:
    """Ask somebody for a second marking, or to settle two that differ."""
    second_marking.ask(db(), actor(), candidacy, _chosen(), request.form.get("reason", "")[:300])
    flash(_("La notation est demandée : la personne est prévenue par e-mail."), "good")
    return _back(candidacy.id)


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def give_up_rating(candidacy: Candidacy) -> ResponseReturnValue:
    """Ask for the second marking no more."""
    second_marking.give_up(db(), actor(), candidacy, request.form.get("reason", "")[:300])
    flash(_("La seconde notation n'est plus demandée."), "good")
    return _back(candidacy.id)


@needs(Permission.ASSIGN_RATER, load=_assignment, of=lambda row: row.performance)
def replace_rating(assignment: Assignment) -> ResponseReturnValue:
    """Ask somebody else in the place of whoever was asked."""
    words = request.form.get("reason", "")[:300]
    second_marking.replace(db(), actor(), assignment, _chosen(), words)
    flash(_("La notation est confiée à quelqu'un d'autre : les deux sont prévenus."), "good")
    return _back(assignment.performance.candidacy_id)
