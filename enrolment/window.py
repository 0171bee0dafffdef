"""The access window: it ends with a day, and stays open for whom a failure of ours sent back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import audit, clock, exam_zone
from kernel.permissions import Actor


def closing(until: datetime) -> datetime:
    """Return when a window that is to last until `until` closes: as that day ends.

    By the clock of the exam, where days of access are chosen; midnight ends the day before it.
    """
    last = exam_zone.day_of(until - timedelta(seconds=1))
    return exam_zone.midnight(last + timedelta(days=1))


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
    wanted = closing(clock.now() + timedelta(days=candidacy.certification.rebooking_days))
    if candidacy.window_end >= wanted:
        return False
    candidacy.window_end = wanted
    audit.record(db, actor, "candidacy.hold_open", candidacy, candidacy_id=candidacy.id)
    return True
