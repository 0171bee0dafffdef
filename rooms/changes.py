"""What every change of an interview does: hold the row, count the change, tell the browsers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, live
from kernel.db import LOCK
from kernel.permissions import Actor
from rooms.models import Interview, InterviewState
from rooms.transitions import Act, step


def lock(db: Session, interview: Interview) -> None:
    """Read the row anew and keep others from changing it until the end of the transaction."""
    # Not `refresh`: it would join the row's people again, and such a query cannot lock.
    db.scalars(
        select(Interview)
        .where(Interview.id == interview.id)
        .with_for_update(**LOCK)
        .execution_options(populate_existing=True)
    ).one()


def take(db: Session, interview: Interview, act: Act) -> bool:
    """Hold the row and let `act` lead it on; return False when it was already done.

    Raises:
        Refused: the act makes no sense now.
    """
    lock(db, interview)
    to = step(act, interview.state)
    if to is None:
        return False
    interview.state = InterviewState(to)
    return True


def tell(db: Session, interview: Interview) -> None:
    """Count one more change and tell whoever watches."""
    interview.revision += 1
    live.publish(db, f"interview:{interview.id}")


def changed(db: Session, actor: Actor, interview: Interview, act: str, **data: Any) -> None:
    """Write the act to the log, count it and tell whoever watches."""
    candidacy_id = interview.appointment.candidacy_id
    audit.record(db, actor, f"interview.{act}", interview, candidacy_id=candidacy_id, **data)
    tell(db, interview)


def tell_lists(db: Session, interview: Interview) -> None:
    """Tell whatever lists this interview: its evaluator's, its candidate's, the plan."""
    live.publish(db, f"evaluator:{interview.appointment.evaluator_id}")
    live.publish(db, f"candidacy:{interview.appointment.candidacy_id}")
    live.publish(db, "plan")
