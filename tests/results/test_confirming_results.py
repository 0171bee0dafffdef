"""Confirmed results wait for their hold: taken back, dropped if anything changed, or validated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from at_once import at_once
from sqlalchemy import select

from enrolment.models import Candidacy, Stage
from kernel import clock, outbox
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Refused
from results import confirming, inputs, marks, validation
from results.models import Document, VerdictRow
from rooms import incidents
from tests.results.test_validation import complete

LANE = outbox.Lane(frozenset({confirming.KIND}))


def digest_of(db, candidacy: Candidacy) -> str:
    return inputs.gather(db, candidacy).decide().digest


@pytest.fixture
def drain(database, db, settings):
    """Let the jobs process do what is due, and look at what is there then."""
    confirming.register(settings)

    def _drain(later: float = 0) -> None:
        db.commit()
        clock.move(timedelta(seconds=later))
        outbox.drain(database, lane=LANE)
        db.expire_all()

    return _drain


def acts(db) -> list[str]:
    rows = db.scalars(select(AuditEntry.act).order_by(AuditEntry.id))
    return [act for act in rows if act.startswith("results.")]


def test_nothing_is_stored_before_the_hold_is_over_and_all_is_after_it(db, make, settings, drain):
    candidacy, coordinator = complete(make), make.coordinator()
    held = confirming.confirm(db, coordinator.actor, settings, candidacy, digest_of(db, candidacy))
    assert (held.by_id, held.at - clock.now() > timedelta(seconds=25)) == (coordinator.id, True)
    drain(25)
    assert (candidacy.stage, db.query(VerdictRow).count()) == (Stage.COMPLETE, 0)
    assert confirming.held(db, candidacy.id) == held
    drain(6)
    assert candidacy.stage is Stage.VALIDATED
    assert db.query(VerdictRow).one().validated_by_id == coordinator.id
    assert {row.kind for row in db.query(Document)} == {"attestation", "certificate"}
    assert confirming.held(db, candidacy.id) is None
    assert acts(db) == ["results.confirm", "results.validate"]


def test_what_is_taken_back_never_leaves_and_can_be_confirmed_anew(db, make, settings, drain):
    candidacy, actor = complete(make), make.coordinator().actor
    digest = digest_of(db, candidacy)
    confirming.confirm(db, actor, settings, candidacy, digest)
    with pytest.raises(Refused, match="déjà confirmés"):
        confirming.confirm(db, actor, settings, candidacy, digest)
    confirming.take_back(db, make.coordinator().actor, candidacy)
    drain(60)
    assert (candidacy.stage, db.query(Document).count()) == (Stage.COMPLETE, 0)
    with pytest.raises(Refused, match="plus rien à reprendre"):
        confirming.take_back(db, actor, candidacy)
    confirming.confirm(db, actor, settings, candidacy, digest)
    drain(60)
    assert candidacy.stage is Stage.VALIDATED
    assert acts(db) == [
        "results.confirm",
        "results.take_back",
        "results.confirm",
        "results.validate",
    ]


def test_what_changed_meanwhile_is_not_validated_and_waits_as_before(db, make, settings, drain):
    candidacy, actor = complete(make), make.coordinator().actor
    confirming.confirm(db, actor, settings, candidacy, digest_of(db, candidacy))
    for mark in marks.sheets_of(db, candidacy.id).first.marks:
        mark.thirds = 9
    drain(60)
    assert (candidacy.stage, db.query(VerdictRow).count()) == (Stage.COMPLETE, 0)
    assert acts(db) == ["results.confirm", "results.drop"]
    confirming.confirm(db, actor, settings, candidacy, digest_of(db, candidacy))
    drain(60)
    assert candidacy.stage is Stage.VALIDATED


def test_an_incident_said_meanwhile_holds_it_until_it_is_read(db, make, settings, drain):
    candidacy, actor = complete(make), make.coordinator().actor
    confirming.confirm(db, actor, settings, candidacy, digest_of(db, candidacy))
    [interview] = db.query(incidents.Interview).all()
    make.incident(interview, note="une voix au fond")
    drain(60)
    assert (candidacy.stage, acts(db)[-1]) == (Stage.COMPLETE, "results.drop")
    with pytest.raises(Refused, match="n'a pas été lu"):
        confirming.confirm(db, actor, settings, candidacy, digest_of(db, candidacy))
    with pytest.raises(Refused, match="n'a pas été lu"):
        validation.validate(db, actor, candidacy)
    incidents.acknowledge(db, actor, candidacy)
    assert validation.validate(db, actor, candidacy).candidacy_id == candidacy.id


def test_only_what_was_read_is_confirmed_and_only_by_a_coordinator(db, make, settings):
    candidacy = complete(make)
    with pytest.raises(Refused, match="a changé depuis"):
        confirming.confirm(db, make.coordinator().actor, settings, candidacy, "another")
    for stranger in (make.manager(candidacy.organisation), make.evaluator()):
        with pytest.raises(Forbidden):
            confirming.confirm(db, stranger.actor, settings, candidacy, digest_of(db, candidacy))
        with pytest.raises(Forbidden):
            confirming.take_back(db, stranger.actor, candidacy)


def test_no_document_is_promised_while_nobody_certifies(db, make, settings):
    candidacy = complete(make)
    nameless = settings.model_copy(update={"certifier_name": ""})
    with pytest.raises(Refused, match="pas encore de certificateur"):
        confirming.confirm(
            db, make.coordinator().actor, nameless, candidacy, digest_of(db, candidacy)
        )


def test_who_is_told_and_what_they_get(db, make):
    candidacy, coordinator = complete(make, thirds=9), make.coordinator()
    manager = make.manager(candidacy.organisation)
    make.manager()
    given = inputs.gather(db, candidacy)
    leaving = confirming.leaving(db, coordinator.actor, candidacy, given, given.decide())
    assert leaving.candidate.user is candidacy.candidate.user
    assert [kind.name for kind in leaving.candidate.documents] == ["attestation"]
    assert [recipient.user.id for recipient in leaving.managers] == [manager.id]
    db.flush()
    assert db.query(VerdictRow).count() == 0  # a look stores nothing


def test_taking_back_and_validating_at_once(database, db, make, settings):
    candidacy, actor = complete(make), make.coordinator().actor
    at_once_settings = settings.model_copy(update={"results_hold_s": 0})
    confirming.register(at_once_settings)
    confirming.confirm(db, actor, at_once_settings, candidacy, digest_of(db, candidacy))
    number = candidacy.id
    db.commit()

    def take_back(session) -> None:
        confirming.take_back(session, actor, session.get_one(Candidacy, number))

    def run(_session) -> None:
        outbox.drain(database, lane=LANE)

    taken = at_once(database, take_back, run)
    db.expire_all()
    validated = db.get_one(Candidacy, number).stage is Stage.VALIDATED
    assert validated is ("refused" in taken)
