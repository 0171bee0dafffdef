"""The rule chooses among everybody and judges one person by the same conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select

from kernel.levels import LEVELS, Level
from kernel.permissions import Role
from people import mandates
from people.languages import Language
from people.mandates import Case, NoMandate, may_examine, may_rate
from people.models import Accreditation, User

DAY = date(2026, 5, 4)
NOON = datetime.combine(DAY, time(12), UTC)

days = st.integers(-2, 2).map(lambda n: DAY + timedelta(days=n))
accreditations = st.fixed_dictionaries(
    {
        "language": st.sampled_from([Language.EN, Language.DE]),
        "max_level": st.sampled_from(LEVELS),
        "valid_from": days,
        "valid_until": st.none() | days,
    }
)
people = st.fixed_dictionaries(
    {
        "role": st.sampled_from([Role.EVALUATOR, Role.EVALUATOR, Role.COORDINATOR]),
        "active": st.booleans() | st.just(True),
        "senior": st.booleans(),
        "tied": st.booleans(),
        "met": st.booleans(),
        "accreditations": st.lists(accreditations, max_size=2, unique_by=lambda a: a["language"]),
    }
)


def described(person, level: Level, *, dated: bool, senior: bool) -> bool:
    """Say by plain values, and by none of the product's code, whether somebody may."""
    for held in person["accreditations"]:
        in_time = held["valid_from"] <= DAY <= (held["valid_until"] or date.max)
        reaches = LEVELS.index(held["max_level"]) >= LEVELS.index(level)
        if held["language"] is Language.EN and reaches and (in_time or not dated):
            break
    else:
        return False
    free = person["active"] and not person["tied"] and not person["met"]
    return person["role"] is Role.EVALUATOR and free and (person["senior"] or not senior)


def without_mandate(level: Level, organisation_id: int):
    """Say in SQL, for each user, that they may not examine this any more."""
    language = literal(Language.EN, Accreditation.language.type)
    return mandates.without(
        User.id, language, literal(level, Accreditation.max_level.type), literal(organisation_id)
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    crowd=st.lists(people, min_size=1, max_size=5),
    level=st.sampled_from(LEVELS),
    at=st.sampled_from([None, NOON]),
    rating=st.booleans(),
    senior=st.booleans(),
)
def test_whom_the_rule_chooses_it_admits_in_words_and_nobody_else(
    db, make, crowd, level, at, rating, senior
):
    with db.begin_nested() as savepoint:
        organisation = make.organisation()
        users, met = [], []
        for person in crowd:
            user = make.user(person["role"], active=person["active"], senior=person["senior"])
            for held in person["accreditations"]:
                db.add(Accreditation(evaluator_id=user.id, **held))
            if person["tied"]:
                make.tie(user, organisation)
            if person["met"]:
                met.append(user.id)
            users.append(user)
        db.flush()
        case = Case(Language.EN, level, organisation.id, select(User.id).where(User.id.in_(met)))
        mandate = may_rate(case, senior=senior) if rating else may_examine(case)
        chosen = set(db.scalars(mandate.among(select(User.id), at)))
        admitted = {user.id for user in users if mandate.allows(db, user.id, at)}
        kept = set(db.scalars(select(User.id).where(~without_mandate(level, organisation.id))))
        expected = {
            user.id
            for user, person in zip(users, crowd, strict=True)
            if described(person, level, dated=at is not None, senior=senior and rating)
        }
        still = {
            user.id
            for user, person in zip(users, crowd, strict=True)
            if described(person | {"met": False}, level, dated=False, senior=False)
        }
        savepoint.rollback()
    assert (chosen, admitted) == (expected, expected)
    assert kept == still


@pytest.mark.parametrize(
    ("values", "senior", "words"),
    [
        ({"active": False}, False, mandates.INACTIVE),
        ({"language": Language.DE}, False, mandates.OTHER_LANGUAGE),
        (
            {"max_level": Level.B1},
            False,
            "Cet évaluateur est accrédité jusqu'au niveau B1 : l'oral vise le niveau C2.",
        ),
        ({}, True, mandates.NOT_SENIOR),
    ],
)
def test_the_words_name_what_is_missing(db, make, values, senior, words):
    mandate = may_rate(Case(Language.EN, Level.C2), senior=senior)
    with pytest.raises(NoMandate) as caught:
        mandate.check(db, make.evaluator(**values).id, NOON)
    assert (str(caught.value), caught.value.field) == (words, "evaluator")


def test_a_tie_is_named(db, make):
    organisation = make.organisation()
    evaluator = make.evaluator()
    make.tie(evaluator, organisation)
    db.flush()
    with pytest.raises(NoMandate, match="Cet évaluateur est lié"):
        may_examine(Case(Language.EN, organisation_id=organisation.id)).check(db, evaluator.id)


def test_nobody_at_all_has_no_mandate(db):
    mandate = may_examine(Case(Language.EN))
    assert [mandate.allows(db, nobody) for nobody in (None, 0)] == [False, False]


def test_the_days_of_an_accreditation_are_those_of_utc(db, make):
    evaluator = make.evaluator(timezone="Pacific/Auckland")
    held = evaluator.accreditations[0]
    held.valid_from, held.valid_until = DAY, DAY
    db.flush()
    begins, ends = mandates.valid_between(DAY, DAY)
    second, mandate = timedelta(seconds=1), may_examine(Case(Language.EN))
    moments = [begins - second, begins, ends - second, ends]
    assert [mandate.allows(db, evaluator.id, at) for at in moments] == [False, True, True, False]
    assert mandates.valid_between(DAY, None) == (begins, None)
