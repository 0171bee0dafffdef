"""One coordinator validates while another reopens the marks: one of the two happens, whole."""

from __future__ import annotations

from at_once import at_once

from enrolment.models import Candidacy, Stage
from kernel.levels import Level
from results import validation
from rubrics import marking
from rubrics.library import grid
from rubrics.models import Scoresheet
from written_test import recording


def test_validating_and_reopening_at_once(database, db, make):
    candidacy = make.candidacy(stage=Stage.MARKING)
    sheet = make.scoresheet(make.performance(candidacy), make.evaluator())
    for criterion in grid().keys:
        marking.set_mark(db, sheet.rater.actor, sheet, criterion, thirds=12, nothing_to_add=True)
    marking.submit(db, sheet.rater.actor, sheet)
    actor, number, marks = make.coordinator().actor, candidacy.id, sheet.id
    recording.enter(db, actor, candidacy, Level.B2)
    db.commit()

    def validate(session) -> None:
        validation.validate(session, actor, session.get_one(Candidacy, number))

    def reopen(session) -> None:
        marking.reopen(session, actor, session.get_one(Scoresheet, marks), "a slip")

    assert at_once(database, validate, validate, reopen) == ["done", "refused", "refused"]
    db.expire_all()
    assert db.get_one(Candidacy, number).stage in (Stage.VALIDATED, Stage.MARKING)
