"""Somebody who may sit the written test, and somebody whose browser has begun it."""

from __future__ import annotations

import pytest
from factories import Make
from flask import Flask
from pictures import jpeg
from sqlalchemy.orm import Session

from enrolment import gates, profile
from enrolment.models import Candidacy, GateKind
from kernel import clock
from people import consents
from people.models import User
from proctor import identity
from proctor.models import EquipmentCheck, EquipmentVerdict
from tests.evaluator_app.desks.written_seat import Sat


@pytest.fixture
def sittable(make: Make) -> Candidacy:
    """A candidacy whose written test is sat here."""
    made = make.candidacy()
    make.blueprint(made.certification)
    return made


@pytest.fixture
def ready(db: Session, app: Flask, sittable: Candidacy) -> Candidacy:
    """The same, with all that comes before the test done."""
    user: User = sittable.candidate.user
    profile.confirm(db, user.actor, sittable, "fr")
    consents.record(db, user.actor, consents.WRITTEN, "fr")
    gates.put(db, sittable, GateKind.DEMO_TEST, is_open=True)
    storage = app.extensions["viva"].storage
    identity.present_document(db, user.actor, storage, sittable, jpeg())
    verdict = EquipmentVerdict.FAIR
    db.add(EquipmentCheck(user_id=user.id, at=clock.now(), verdict=verdict, facts={}))
    db.flush()
    return sittable


@pytest.fixture
def sat(ready: Candidacy, signed_in) -> Sat:
    """A browser that has begun the test of `ready`."""
    return Sat(signed_in(ready.candidate.user), ready)
