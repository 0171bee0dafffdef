"""Documents that candidates show before the written test, and the coordinator's queue of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pictures import jpeg
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind
from kernel import clock, discarding, outbox
from kernel.errors import Forbidden, Invalid, Refused
from kernel.outbox import OutboxRow
from kernel.storage import from_settings
from proctor import identity, presented
from proctor.jobs import purge_identity_pictures, tell_of_waiting_pictures
from proctor.models import IdentityState


@pytest.fixture
def storage(settings):
    return from_settings(settings)


@pytest.fixture
def show(db, storage):
    def present(candidacy, data=None):
        who = candidacy.candidate.user.actor
        return identity.present_document(db, who, storage, candidacy, data or jpeg(1280, 720))

    return present


def test_a_document_shown_again_takes_the_place_of_the_first(database, db, make, storage, show):
    candidacy = make.candidacy()
    first = show(candidacy)
    assert show(candidacy, jpeg(1920, 1080)) is first
    assert (first.state, identity.is_presented(first)) == (IdentityState.PENDING, True)
    assert len(storage.names("identity")) == 2  # until this is committed
    db.commit()
    discarding.register(storage)
    outbox.drain(database)
    assert storage.names("identity") == [first.picture_key]
    with pytest.raises(Invalid):
        show(candidacy, b"no picture")
    with pytest.raises(Forbidden):
        identity.present_document(
            db, make.candidacy().candidate.user.actor, storage, candidacy, jpeg()
        )


def test_the_queue_begins_with_what_goes_first(db, make, show, storage):
    late, early = make.candidacy(), make.candidacy()
    later = show(late)
    later.picture_taken_at = clock.now() + timedelta(hours=1)
    first = show(early)
    evaluators = identity.open_check(db, late)
    identity.request_picture(db, make.evaluator().actor, evaluators)
    identity.keep_picture(db, make.evaluator().actor, storage, evaluators, jpeg())
    db.flush()
    assert [check.id for check, _ in presented.waiting(db)] == [first.id, later.id]
    assert [candidacy.id for _, candidacy in presented.waiting(db)] == [early.id, late.id]


def test_a_coordinator_confirms_as_an_evaluator_does(db, make, show, storage):
    candidacy, who = make.candidacy(), make.coordinator().actor
    check = show(candidacy)
    assert presented.look(db, who, storage, check) == jpeg(1280, 720)
    with pytest.raises(Invalid):
        presented.confirm(db, who, check, "passport", "2037-01-31", ["face"])
    presented.confirm(db, who, check, "passport", "2037-01-31", identity.TICKS)
    assert check.state is IdentityState.CONFIRMED
    assert gates.is_open(db, candidacy, GateKind.IDENTITY)
    assert presented.waiting(db) == []
    with pytest.raises(Refused):
        presented.refuse(db, who, check, "Trop tard")


def test_it_is_refused_with_a_reason_by_nobody_else(db, make, show, storage):
    candidacy = make.candidacy()
    check = show(candidacy)
    own = candidacy.candidate.user.actor
    for stranger in (own, make.evaluator().actor, make.manager().actor):
        with pytest.raises(Forbidden):
            presented.refuse(db, stranger, check, "Non")
        with pytest.raises(Forbidden):
            presented.look(db, stranger, storage, check)
    who = make.coordinator().actor
    with pytest.raises(Invalid):
        presented.refuse(db, who, check, " ")
    presented.refuse(db, who, check, "Illisible", agrees=["face"])
    gate = gates.find(db, candidacy, GateKind.IDENTITY)
    assert (gate.open, gate.detail, check.reason) == (False, "refused", "Illisible")


def test_the_check_of_an_oral_is_not_the_coordinator_s(db, make):
    interview = make.interview()
    check = make.identity_check(
        interview.appointment.candidacy,
        picture_requested_at=clock.now(),
        picture_taken_at=clock.now(),
        picture_key="identity/x.jpg",
    )
    with pytest.raises(Forbidden):
        presented.refuse(db, make.coordinator().actor, check, "Non")


def test_coordinators_are_told_once_at_48_hours_and_gone_is_gone(db, make, settings, show, storage):
    make.coordinator()
    check = show(make.candidacy())
    clock.move(timedelta(hours=47))
    tell_of_waiting_pictures(db, settings)
    assert db.scalars(select(OutboxRow)).all() == []
    clock.move(timedelta(hours=2))
    tell_of_waiting_pictures(db, settings)
    tell_of_waiting_pictures(db, settings)
    (letter,) = db.scalars(select(OutboxRow)).all()
    assert letter.payload["template"] == "identity_pictures_waiting"
    assert letter.payload["context"]["count"] == 1
    clock.move(timedelta(hours=24))
    assert purge_identity_pictures(db, storage, settings) == 1
    assert presented.waiting(db) == []
    with pytest.raises(Refused):
        presented.confirm(
            db, make.coordinator().actor, check, "passport", "2037-01-31", identity.TICKS
        )
    assert check.state is IdentityState.PENDING
