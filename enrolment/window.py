"""The access window: how it is held open for somebody whom a failure of ours sent back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import audit, clock
from kernel.permissions import Actor


def hold_open(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    """Leave the candidate time for another appointment, at once if they wish.

    Return whether the window was short.
    """
    candidacy.at_once = True
    return leave_time(db, actor, candidacy)


def leave_time(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    """Leave the candidate time for another appointment; return whether the window was short.

    The certification says how many days, from now; a window that lasts longer stays as it is.
    """
    wanted = clock.now() + timedelta(days=candidacy.certification.rebooking_days)
    if candidacy.window_end >= wanted:
        return False
    candidacy.window_end = wanted
    audit.record(db, actor, "candidacy.hold_open", candidacy, candidacy_id=candidacy.id)
    return True
