"""A candidacy is complete by the gates that it requires, kept on it since enrolment."""

from __future__ import annotations

import pytest

from enrolment import gates, journey
from enrolment.models import ALWAYS_REQUIRED, Candidacy, GateKind, Stage
from kernel.errors import Refused
from kernel.permissions import SYSTEM
from results import validation
from tests.results.test_validation import complete

REQUIRED = [str(kind) for kind in ALWAYS_REQUIRED]
WITH_IDENTITY = [*REQUIRED, str(GateKind.IDENTITY)]


def marked(db, make, required: list[str]) -> Candidacy:
    candidacy = make.candidacy(stage=Stage.MARKING, required_gates=required)
    for kind in ALWAYS_REQUIRED:
        journey.report(db, SYSTEM, candidacy, kind, is_open=True)
    return candidacy


def test_a_gate_required_of_one_is_not_of_another(db, make):
    usual, strict = marked(db, make, REQUIRED), marked(db, make, WITH_IDENTITY)
    assert (usual.stage, strict.stage) == (Stage.COMPLETE, Stage.MARKING)
    assert gates.missing(db, strict) == {GateKind.IDENTITY}

    for candidacy in (usual, strict):
        journey.report(db, SYSTEM, candidacy, GateKind.IDENTITY, is_open=True)
    assert (usual.stage, strict.stage) == (Stage.COMPLETE, Stage.COMPLETE)

    for candidacy in (usual, strict):
        journey.report(db, SYSTEM, candidacy, GateKind.IDENTITY, is_open=False, reason="refused")
    assert (usual.stage, strict.stage) == (Stage.COMPLETE, Stage.MARKING)


def test_a_certification_that_requires_more_since_asks_no_more_of_who_is_enrolled(db, make):
    candidacy = make.candidacy()
    candidacy.certification.required_gates = WITH_IDENTITY
    db.commit()
    db.refresh(candidacy)
    assert candidacy.required_gates == REQUIRED


def test_what_is_required_and_not_there_is_not_validated(db, make):
    candidacy, coordinator = complete(make), make.coordinator()
    candidacy.required_gates = WITH_IDENTITY
    with pytest.raises(Refused, match="exige"):
        validation.validate(db, coordinator.actor, candidacy)
    gates.put(db, candidacy, GateKind.IDENTITY, is_open=True)
    validation.validate(db, coordinator.actor, candidacy)
    assert candidacy.stage is Stage.VALIDATED
