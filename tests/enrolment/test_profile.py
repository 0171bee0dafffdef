"""That a candidate found their identity right, until somebody changes it."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import func, select

from enrolment import correcting, profile
from enrolment.identity import IDENTITY, Identity
from kernel.errors import Forbidden
from people.models import Consent


def _identity(candidate, **changed) -> Identity:
    return Identity(**{name: getattr(candidate, name) for name in IDENTITY} | changed)


def test_confirming_twice_is_one_acknowledgement(db, make):
    candidacy = make.candidacy()
    actor = candidacy.candidate.user.actor
    assert profile.confirmed_at(db, candidacy) is None
    profile.confirm(db, actor, candidacy, "fr")
    first = profile.confirmed_at(db, candidacy)
    profile.confirm(db, actor, candidacy, "fr")
    assert profile.confirmed_at(db, candidacy) == first is not None
    assert db.scalar(select(func.count()).select_from(Consent)) == 1


def test_a_correction_asks_to_look_again(db, make):
    candidacy = make.candidacy()
    actor = candidacy.candidate.user.actor
    profile.confirm(db, actor, candidacy, "fr")
    changed = _identity(candidacy.candidate, first_names="Camille Rose Anne")
    assert correcting.correct(db, actor, candidacy, changed) == 1
    assert profile.confirmed_at(db, candidacy) is None
    back = dataclasses.replace(changed, first_names="Camille Rose")
    correcting.correct(db, actor, candidacy, back)
    assert profile.confirmed_at(db, candidacy) is not None


def test_one_candidacy_says_nothing_of_another(db, make):
    candidate = make.candidate()
    first, second = make.candidacy(candidate), make.candidacy(candidate)
    profile.confirm(db, candidate.user.actor, first, "en")
    assert profile.confirmed_at(db, second) is None


@pytest.mark.parametrize("who", ["manager", "coordinator", "candidate"])
def test_nobody_else_confirms(db, make, who):
    candidacy = make.candidacy()
    user = {
        "manager": lambda: make.manager(candidacy.organisation),
        "coordinator": make.coordinator,
        "candidate": lambda: make.candidate().user,
    }[who]()
    with pytest.raises(Forbidden):
        profile.confirm(db, user.actor, candidacy, "fr")
