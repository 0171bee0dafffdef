"""After a restore: the orals that were running when the copy was taken are over by now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Stage
from kernel import clock
from kernel.errors import N_
from kernel.permissions import Actor
from rooms import ending, incidents
from rooms.changes import changed, take, tell_lists
from rooms.models import DeviceClaim, Interview, InterviewState
from rooms.transitions import Act
from scheduling.models import AppointmentState

CUT_SHORT = N_(
    "La plateforme a été restaurée d'après une copie faite pendant cet oral : ce qui a été saisi"
    " après la copie est perdu. L'enregistrement est conservé s'il a été retrouvé."
)


def running(db: Session) -> list[Interview]:
    """Return the orals that run, by number."""
    return list(
        db.scalars(
            select(Interview)
            .where(Interview.state == InterviewState.RUNNING)
            .order_by(Interview.id)
        )
    )


def end_running(db: Session, actor: Actor) -> list[Interview]:
    """End each oral that runs, when somebody was last there; a coordinator reads of it and decides.

    Nobody is told that they failed or must come again: the oral may well have gone to its end.
    """
    ended = running(db)
    for interview in ended:
        if not take(db, interview, Act.END):
            continue
        incidents.note_failure(db, interview, CUT_SHORT)
        ending.finish(db, interview, _last_seen(db, interview))
        interview.appointment.state = AppointmentState.HELD
        journey.move(db, actor, interview.appointment.candidacy, Stage.MARKING)
        changed(db, actor, interview, "end", restored=True)
        tell_lists(db, interview)
    return ended


def _last_seen(db: Session, interview: Interview) -> datetime:
    seen = db.scalar(
        select(func.max(DeviceClaim.seen_at)).where(DeviceClaim.interview_id == interview.id)
    )
    begun = [run.started_at for run in interview.parts]
    return max([moment for moment in (seen, *begun) if moment is not None], default=clock.now())
