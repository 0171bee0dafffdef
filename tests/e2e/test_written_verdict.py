"""From a test that was sat under watch to the verdict: a coordinator looks, decides, validates."""

from __future__ import annotations

import written_steps as steps
from at_rest import follow
from playwright.sync_api import expect
from sqlalchemy import select

from enrolment.models import Stage as At
from evaluator_app.demo import cast, past
from evaluator_app.demo.stage import Stage
from proctor import watching
from proctor.models import ProctorSession, SignalKind
from proctor.reports import Report
from results.models import VerdictRow

WHO = "verdict@candidats.example"


def _sit_and_speak(demo) -> tuple[int, int]:
    """Sit the written test, be seen leaving the page, pass the oral; return candidacy and watch."""
    steps.ready(demo, "verdict")
    steps.sat(demo, WHO)
    with steps.installation(demo) as (db, settings):
        test = steps.sitting_of(db, WHO)
        candidacy = test.candidacy
        who = candidacy.candidate.user.actor
        session = watching.to_leave(db, candidacy)
        signals = [Report(key="s1", kind=SignalKind.TAB_LEFT, ago=4, lasted=3)]
        watching.report(db, who, session, signals, settings.signals_a_minute)
        watching.leave(db, who, session)
        stage = Stage(db, settings)
        appointment = stage.place(cast.COORDINATOR, candidacy, cast.EVALUATOR, stage.day(20, 11))
        past.mark(stage, past.hold(stage, appointment), (12, 11, 12, 13, 12, 12))
        assert candidacy.stage is At.MARKING
        return candidacy.id, session.id


def test_the_level_reaches_the_verdict_once_somebody_has_looked(own_demo, visit):
    candidacy_id, session_id = _sit_and_speak(own_demo)
    page = visit(own_demo.enter("coordinator"))
    steps.come_in(page)
    home = own_demo.links["base_url"]
    page.goto(f"{home}/coordinator/candidacies/{candidacy_id}")
    expect(page.get_by_role("button", name="Valider les résultats")).to_have_count(0)
    page.goto(f"{home}/coordinator/proctoring/{session_id}")
    expect(page.get_by_text("Page du test quittée").first).to_be_visible()
    page.get_by_role("radio", name="Rien à retenir").check()
    follow(page.get_by_role("button", name="Enregistrer la décision"))
    page.goto(f"{home}/coordinator/candidacies/{candidacy_id}")
    page.get_by_role("button", name="Valider les résultats").click()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("Validé le").first).to_be_visible()
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, WHO)
        session = db.get_one(ProctorSession, session_id)
        assert [signal.kind for signal in session.signals] == [SignalKind.TAB_LEFT]
        verdict = db.scalars(
            select(VerdictRow).where(VerdictRow.candidacy_id == candidacy_id)
        ).one()
        assert verdict.written is test.level
        assert test.candidacy.stage is At.VALIDATED
