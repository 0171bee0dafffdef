"""Who may examine whom: one rule, asked in SQL for everybody and in words for one person.

Language, level, dates, ties, whom one has met. What an oral is, this noun does not know: whoever
asks says what is at stake (`Case`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from kernel.errors import N_, Invalid
from kernel.levels import LEVELS, Level
from kernel.permissions import Role
from people.languages import Language
from people.models import Accreditation, Tie, User

INACTIVE: Final = N_("Choisissez un évaluateur en activité.")
OTHER_LANGUAGE: Final = N_("Cet évaluateur n'est pas accrédité dans cette langue.")
TOO_LOW: Final = N_(
    "Cet évaluateur est accrédité jusqu'au niveau %(held)s : l'oral vise le niveau %(level)s."
)
OTHER_DAY: Final = N_("L'accréditation de cet évaluateur ne vaut pas ce jour-là.")
TIED: Final = N_("Cet évaluateur est lié à l'organisme du candidat.")
MET: Final = N_("Cet évaluateur a déjà examiné ce candidat.")


@dataclass(frozen=True, slots=True)
class Case:
    """An oral as a mandate sees it.

    `level` is the highest that is at stake; `met` selects the ids of the evaluators who have
    examined this person before.
    """

    language: Language
    level: Level
    organisation_id: int
    met: Select[int]


def mandated(case: Case) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `User` and `Accreditation` of whoever may examine, on some day.

    The days are the accreditation's own: whoever asks compares them with the day of the oral.
    """
    return (
        User.role == Role.EVALUATOR,
        User.active.is_(True),
        Accreditation.language == case.language,
        Accreditation.max_level.in_([level for level in LEVELS if level >= case.level]),
        User.id.not_in(_tied(case)),
        User.id.not_in(case.met),
    )


def _tied(case: Case) -> Select[int]:
    return select(Tie.evaluator_id).where(Tie.organisation_id == case.organisation_id)


def check_mandate(db: Session, evaluator: User, case: Case, day: date) -> None:
    """Refuse, in words, an evaluator who may not examine this case on that day.

    Raises:
        Invalid: on the field `evaluator`; the words say what is missing.
    """
    if evaluator.role is not Role.EVALUATOR or not evaluator.active:
        raise Invalid(INACTIVE, "evaluator")
    held = db.scalar(
        select(Accreditation).where(
            Accreditation.evaluator_id == evaluator.id, Accreditation.language == case.language
        )
    )
    if held is None:
        raise Invalid(OTHER_LANGUAGE, "evaluator")
    if held.max_level < case.level:
        raise Invalid(TOO_LOW, "evaluator", held=held.max_level, level=case.level)
    if day < held.valid_from or (held.valid_until is not None and day > held.valid_until):
        raise Invalid(OTHER_DAY, "evaluator")
    if db.scalar(_tied(case).where(Tie.evaluator_id == evaluator.id)) is not None:
        raise Invalid(TIED, "evaluator")
    if evaluator.id in set(db.scalars(case.met)):
        raise Invalid(MET, "evaluator")
