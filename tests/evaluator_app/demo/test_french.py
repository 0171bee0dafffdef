"""French as a foreign language works end to end: its written test is sat, an oral was validated."""

from __future__ import annotations

from sqlalchemy import select
from twins import on_sqlite

from enrolment.models import Stage as CandidacyStage
from evaluator_app.demo import cast, sitting
from written_test.models import Item, ItemState, WrittenTest, WrittenTestState

pytestmark = on_sqlite


def test_a_test_is_sat_to_its_end(stage):
    diego = stage.candidacy(cast.DIEGO.email)
    sitting.sit(stage, diego, stage.day(-1, 18))
    test = stage.db.scalars(select(WrittenTest).where(WrittenTest.candidacy_id == diego.id)).one()
    items = [stage.db.get_one(Item, step.item_id) for step in test.steps]
    assert test.state is WrittenTestState.ENDED
    assert {item.code[:3] for item in items} == {"FR-"}
    trials = [item.state is ItemState.PILOT for item in items]
    assert ([step.pilot for step in test.steps], len(test.release.pilots)) == (trials, 27)
    assert test.level is not None
    assert set(test.skills) == {"vocabulary", "grammar", "expressions", "reading"}


def test_somebody_was_validated(stage):
    olena = stage.candidacy(cast.OLENA.email)
    assert olena.certification.code == "PASS-FLE"
    assert olena.stage is CandidacyStage.VALIDATED
