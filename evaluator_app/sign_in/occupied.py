"""Whether somebody is in the middle of what no silence may end: an oral, a written test."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate
from people.models import User
from rooms.models import Interview, InterviewState
from scheduling.models import Appointment
from written_test.models import WrittenTest, WrittenTestState


def occupied(db: Session, user: User) -> bool:
    """Tell whether an oral of `user` is under way, or a written test of theirs runs."""
    own = select(Candidacy.id).join(Candidate).where(Candidate.user_id == user.id)
    oral = (
        select(Interview.id)
        .join(Appointment)
        .where(
            Interview.state == InterviewState.RUNNING,
            or_(Appointment.evaluator_id == user.id, Appointment.candidacy_id.in_(own)),
        )
    )
    test = select(WrittenTest.id).where(
        WrittenTest.state == WrittenTestState.RUNNING, WrittenTest.candidacy_id.in_(own)
    )
    return bool(db.scalar(select(or_(exists(oral), exists(test)))))
