from __future__ import annotations

import letterbox
import pytest

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from written_test.recording import current, enter


def test_the_first_level_opens_the_gate(db, make):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    assert enter(db, coordinator.actor, candidacy, Level.B2).version == 1
    assert gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT)


def test_a_change_needs_a_reason_and_keeps_both(db, make):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    enter(db, coordinator.actor, candidacy, Level.B2)
    assert enter(db, coordinator.actor, candidacy, Level.B2).version == 1
    with pytest.raises(Invalid):
        enter(db, coordinator.actor, candidacy, Level.C1)
    assert enter(db, coordinator.actor, candidacy, Level.C1, "typed wrong").version == 2
    assert current(db, candidacy.id).level is Level.C1


def test_who_waited_for_a_level_is_told_once_that_booking_is_open(db, make, settings):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    enter(db, coordinator.actor, candidacy, Level.B2)
    enter(db, coordinator.actor, candidacy, Level.C1, "typed wrong")
    [letter] = letterbox.written(db, settings)
    assert (letter.template, letter.context["again"]) == ("oral_to_book", False)
    assert letter.to.email == candidacy.candidate.user.email


def test_who_has_an_hour_by_then_is_not_told_to_choose_one(db, make, settings):
    enter(db, make.coordinator().actor, make.candidacy(stage=Stage.BOOKED), Level.B2)
    assert letterbox.written(db, settings) == []


def test_with_the_marks_there_it_completes_the_candidacy(db, make):
    candidacy, coordinator = make.candidacy(stage=Stage.MARKING), make.coordinator()
    gates.put(db, candidacy, GateKind.MARKS, is_open=True)
    enter(db, coordinator.actor, candidacy, Level.B1)
    assert candidacy.stage is Stage.COMPLETE


def test_after_validation_nothing_changes(db, make):
    with pytest.raises(Refused):
        enter(db, make.coordinator().actor, make.candidacy(stage=Stage.VALIDATED), Level.B1)


def test_an_organisation_enters_no_level(db, make):
    candidacy = make.candidacy()
    with pytest.raises(Forbidden):
        enter(db, make.manager(candidacy.organisation).actor, candidacy, Level.B1)
