"""Whether what is on offer can be booked at all, before the first candidate finds no hour."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from enrolment import queries
from enrolment.models import Certification
from kernel import clock
from people.languages import Language
from people.mandates import Case, may_examine
from people.models import User
from scheduling.models import OpeningHours, OtherDay


def without_hours(db: Session) -> list[Certification]:
    """Return the certifications on offer for which nobody who may examine has opened hours."""
    offered = queries.certifications(db)
    lacking = {
        language for language in {row.language for row in offered} if not _opened(db, language)
    }
    return [row for row in offered if row.language in lacking]


def _opened(db: Session, language: Language) -> bool:
    """Tell whether an evaluator of a language gives hours, each week or on a day to come."""
    moment = clock.now()
    opened = or_(
        exists().where(OpeningHours.evaluator_id == User.id),
        exists().where(
            OtherDay.evaluator_id == User.id,
            OtherDay.start_minute.is_not(None),
            OtherDay.day >= moment.date(),
        ),
    )
    whoever = may_examine(Case(language)).among(select(User.id).where(opened), moment)
    return db.scalar(whoever.limit(1)) is not None
