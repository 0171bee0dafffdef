"""Asking for all figures to be made anew; `studying` makes them, in the jobs process alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_
from kernel.permissions import SYSTEM, Actor, Permission, check
from kernel.runs import Runs, RunState
from rubrics.models import Scoresheet
from rubrics.raters.models import RaterStudy

EVERY: Final = timedelta(hours=24)
TOPIC: Final = "raters"
"""What pages watch to follow a study."""
BROKEN: Final = N_(
    "Le calcul s'est interrompu, et les chiffres d'avant restent. Demandez-le de nouveau ; si cela "
    "se répète, dites-le à la personne qui exploite la plateforme."
)
RUNS: Final = Runs(RaterStudy, "raters.study", BROKEN, lambda _run: TOPIC)


def ask(db: Session, actor: Actor) -> RaterStudy:
    """Ask for figures to be made anew; a study that waits or runs already is given.

    Raises:
        Forbidden: only a coordinator may.
    """
    check(db, actor, Permission.STUDY_RATERS)
    last = latest(db)
    if last is not None and last.is_open:
        return last
    study = RUNS.ask(db, RaterStudy(asked_by_id=actor.user_id, summary={}))
    if actor.user_id is not None:
        audit.record(db, actor, "raters.study", study)
    return study


def ask_when_due(db: Session) -> RaterStudy | None:
    """Ask for a study once a day, if a sheet was submitted since the last."""
    last = latest(db)
    since = last.asked_at if last is not None else None
    if since is not None and clock.now() - since < EVERY:
        return None
    newer = Scoresheet.submitted_at > since if since else Scoresheet.submitted_at.is_not(None)
    if not db.scalar(select(exists().where(newer))):
        return None
    return ask(db, SYSTEM)


def latest(db: Session) -> RaterStudy | None:
    """Return the study that was asked for last."""
    return db.scalar(select(RaterStudy).order_by(RaterStudy.id.desc()).limit(1))


def latest_done(db: Session) -> RaterStudy | None:
    """Return the study whose figures pages show."""
    return db.scalar(
        select(RaterStudy)
        .where(RaterStudy.state == RunState.DONE)
        .order_by(RaterStudy.id.desc())
        .limit(1)
    )
