"""Who may examine or rate whom: the one owner of that rule.

A mandate is a list of conditions, each with the words for whoever does not meet it. The same
conditions choose among everybody (`among`) and judge one person in words (`check`). What an oral
is, this noun does not know: whoever asks says what is at stake (`Case`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import SQLCoreOperations

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
RATED: Final = N_("Cet évaluateur a déjà examiné ou noté ce candidat.")
NOT_SENIOR: Final = N_("Seul un évaluateur expérimenté départage deux notations.")

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class Case:
    """What is at stake, as a mandate sees it.

    `level` is the highest that may be given; `organisation_id` whose ties exclude (None: nobody's
    candidate); `met` selects the ids of the evaluators who have examined this person before (or
    rated, where a rating is at stake; None: nobody).
    """

    language: Language
    level: Level = LEVELS[0]
    organisation_id: int | None = None
    met: Select[int] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a `User` and their `Accreditation` in the language, and else the words."""

    holds: ColumnElement[bool]
    refusal: str


class NoMandate(Invalid):
    """The evaluator may not; the words say which condition is not met. On field `evaluator`."""

    def __init__(self, refusal: str, **params: object) -> None:
        """Say what is missing."""
        super().__init__(refusal, "evaluator", **params)


@dataclass(frozen=True, slots=True)
class Mandate:
    """The right to examine, or to rate, one case."""

    case: Case
    conditions: tuple[Condition, ...]

    def among(self, rows: Select[*Columns], at: datetime | None = None) -> Select[*Columns]:
        """Narrow `rows`, a Select of users, to those who have the mandate at that moment.

        The accreditation is joined, so that `rows` may select its columns. `at` None: whenever;
        whoever asks compares `valid_between` with each moment.
        """
        return rows.join(Accreditation, self._accredited()).where(
            *(condition.holds for condition in self._at(at))
        )

    def check(self, db: Session, evaluator_id: int | None, at: datetime | None = None) -> None:
        """Do nothing if this person has the mandate at that moment (None: whenever).

        Raises:
            NoMandate: they have not; the words name the first condition that is not met.
        """
        conditions = self._at(at)
        row = db.execute(
            select(
                Accreditation.max_level,
                *(condition.holds.label(f"c{n}") for n, condition in enumerate(conditions)),
            )
            .select_from(User)
            .outerjoin(Accreditation, self._accredited())
            .where(User.id == evaluator_id)
        ).first()
        if row is None:
            raise NoMandate(INACTIVE)
        held, *answers = row
        for condition, holds in zip(conditions, answers, strict=True):
            if not holds:
                raise NoMandate(condition.refusal, held=held, level=self.case.level)

    def allows(self, db: Session, evaluator_id: int | None, at: datetime | None = None) -> bool:
        """Tell whether this person has the mandate at that moment (None: whenever)."""
        try:
            self.check(db, evaluator_id, at)
        except NoMandate:
            return False
        return True

    def obstacle(self, db: Session, at: datetime) -> str | None:
        """Return the words of the first condition that leaves nobody, met one after the other.

        Whoever has met the person is left aside first: what keeps the others is asked for.
        """
        conditions = sorted(self._at(at), key=lambda known: known.refusal not in (MET, RATED))
        rows = select(User.id).outerjoin(Accreditation, self._accredited())
        for condition in conditions:
            rows = rows.where(condition.holds)
            if db.scalars(rows.limit(1)).first() is None:
                return condition.refusal
        return None

    def _accredited(self) -> ColumnElement[bool]:
        return and_(
            Accreditation.evaluator_id == User.id, Accreditation.language == self.case.language
        )

    def _at(self, at: datetime | None) -> tuple[Condition, ...]:
        if at is None:
            return self.conditions
        day = at.astimezone(UTC).date()
        valid = and_(
            Accreditation.valid_from <= day,
            or_(Accreditation.valid_until.is_(None), Accreditation.valid_until >= day),
        )
        return (*self.conditions, Condition(valid, OTHER_DAY))


def may_examine(case: Case) -> Mandate:
    """Return the mandate to hold the oral of a case."""
    return Mandate(case, (*_accredited_for(case), *_apart_from(case, MET)))


def may_rate(case: Case, *, senior: bool = False) -> Mandate:
    """Return the mandate to rate what somebody else examined, from its recording.

    `case.met` selects who examined or rated this person before: nobody second-marks their own
    interview, or twice. `senior`: to decide between two ratings.
    """
    conditions = [*_accredited_for(case), *_apart_from(case, RATED)]
    if senior:
        conditions.append(Condition(User.senior.is_(True), NOT_SENIOR))
    return Mandate(case, tuple(conditions))


def _accredited_for(case: Case) -> tuple[Condition, ...]:
    return (
        Condition(and_(User.role == Role.EVALUATOR, User.active.is_(True)), INACTIVE),
        Condition(Accreditation.id.is_not(None), OTHER_LANGUAGE),
        Condition(Accreditation.max_level.in_(_reaching(case.level)), TOO_LOW),
    )


def _apart_from(case: Case, met: str) -> tuple[Condition, ...]:
    tied = select(Tie.evaluator_id).where(Tie.organisation_id == case.organisation_id)
    return (
        Condition(true() if case.organisation_id is None else User.id.not_in(tied), TIED),
        Condition(true() if case.met is None else User.id.not_in(case.met), met),
    )


def without(
    evaluator: SQLCoreOperations[int],
    language: SQLCoreOperations[Language],
    level: SQLCoreOperations[Level],
    organisation: SQLCoreOperations[int],
) -> ColumnElement[bool]:
    """Tell in SQL, row by row, that an evaluator chosen before may not examine any more.

    The columns say who, and what is at stake. It asks what a coordinator may have changed since:
    activity, language, level and ties.
    """
    person = aliased(User)
    active = exists().where(
        person.id == evaluator, person.role == Role.EVALUATOR, person.active.is_(True)
    )
    reaching = or_(
        *(
            and_(level == wanted, Accreditation.max_level.in_(_reaching(wanted)))
            for wanted in LEVELS
        )
    )
    accredited = exists().where(
        Accreditation.evaluator_id == evaluator, Accreditation.language == language, reaching
    )
    tied = exists().where(Tie.evaluator_id == evaluator, Tie.organisation_id == organisation)
    return ~and_(active, accredited, ~tied)


def _reaching(level: Level) -> list[Level]:
    return [held for held in LEVELS if held >= level]


def valid_between(since: date, until: date | None) -> tuple[datetime, datetime | None]:
    """Return from when, and until before when, an accreditation of these days is valid.

    Its days are those of UTC, the last one included, wherever the evaluator lives.
    """
    end = None if until is None else datetime.combine(until + timedelta(days=1), time(), UTC)
    return datetime.combine(since, time(), UTC), end
