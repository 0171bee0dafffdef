"""A bank put into service: asked for, simulated apart, written only if nothing changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kernel import clock, outbox, runs
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Refused
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from kernel.runs import Progress, RunState
from people.languages import Language
from written_test import (
    blueprints,
    jobs,  # noqa: F401 -- handles what is queued
)
from written_test.items import banks, release_runs, releasing, states
from written_test.models import Bank, Item, ItemState, Release, ReleaseRun
from written_test.questions.drafts import Skill
from written_test.questions.library import bank_drafts

QUICK = {"candidates": 12, "rounds": 2}
pytestmark = pytest.mark.usefixtures("settings")  # whose clock may move


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(db, make, who) -> Bank:
    """Forty questions over the four skills, never released."""
    made = banks.create(db, who, "Forty", Language.EN)
    db.flush()
    for skill in Skill:
        for draft in [draft for draft in bank_drafts() if draft.skill is skill][:10]:
            make.item(made, draft)
    db.commit()
    return made


def asked(db, who, bank) -> int:
    """Ask, and hold nothing in the database afterwards."""
    number = release_runs.ask(db, who, bank).id
    db.commit()
    return number


def fresh(db, number: int) -> ReleaseRun:
    return db.get_one(ReleaseRun, number, populate_existing=True)


def retire(db, who, count: int) -> None:
    for item in db.scalars(select(Item).where(Item.state == ItemState.IN_USE).limit(count)):
        states.move(db, who, item, ItemState.RETIRED, "old")


def test_a_release_is_asked_for_once_made_once_and_followed(db, database, who, bank):
    assert releasing.difference(db, bank.id) == releasing.Difference(40, 0)
    run = release_runs.ask(db, who, bank)
    assert release_runs.ask(db, who, bank) is run
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == release_runs.RUNS.kind)).all()
    assert [row.payload for row in rows] == [{"run": run.id}]
    number = run.id
    db.commit()
    release_runs.make(database, number, **QUICK)
    release_runs.make(database, number, **QUICK)  # the outbox may say it twice
    run = fresh(db, number)
    release = db.scalars(select(Release)).one()
    assert (run.state, run.share, run.release_id) == (RunState.DONE, 1.0, release.id)
    assert (release.number, release.made_by_id) == (1, who.user_id)
    assert {item: shape for item, _, shape in release.entries} == releasing.standing(
        db, bank.id
    ).shapes
    assert all(0 < exposure <= 1 for _, exposure, _ in release.entries)
    assert release.simulated["candidates"] == QUICK["candidates"]
    assert release.simulated["exposure_most"] == 0.25
    acts = select(AuditEntry.act).where(AuditEntry.act.like("release.%")).order_by(AuditEntry.id)
    assert list(db.scalars(acts)) == ["release.ask", "release.make"]
    assert set(db.scalars(select(LiveEvent.topic))) == {f"bank:{bank.id}"}
    with pytest.raises(Refused, match="Rien n'a changé"):
        release_runs.ask(db, who, bank)


def test_the_outbox_begins_it_apart_and_goes_on(db, database, who, bank, monkeypatch):
    begun = []
    begin = release_runs.begin
    monkeypatch.setattr(release_runs, "begin", lambda *given: begun.append(begin(*given)))
    number = asked(db, who, bank)
    retire(db, who, 40)  # so that there is nothing to simulate when its turn comes
    db.commit()
    assert outbox.drain(database) == 1
    begun[0].join()
    run = fresh(db, number)
    assert run.state is RunState.FAILED
    assert run.failure.params == {"count": 0, "least": 20}


def test_progress_is_said_and_seen(db, database, who, bank, monkeypatch):
    monkeypatch.setattr(runs, "TELL_EVERY", timedelta(0))
    number = asked(db, who, bank)
    shares = []
    say = Progress.__call__

    def listen(progress, done, total):
        say(progress, done, total)
        with database.session(read_only=True) as other:
            shares.append(other.get_one(ReleaseRun, number).share)

    monkeypatch.setattr(Progress, "__call__", listen)
    release_runs.make(database, number, **QUICK)
    assert shares == [done / 24 for done in range(1, 25)]


def test_what_changed_during_the_simulation_is_not_written(db, database, who, bank):
    plan = releasing.prepare(db, bank)
    simulation = releasing.simulated(plan, **QUICK)
    retire(db, who, 1)
    with pytest.raises(Refused, match="ont changé pendant la simulation"):
        releasing.keep(db, who, bank, plan, *simulation)
    assert db.scalar(select(func.count()).select_from(Release)) == 0


def test_nobody_waits_for_a_simulation(db, database, who, bank, monkeypatch):
    """While tests are simulated, questions are retired; then the run says what happened."""
    simulated = releasing.simulated

    def meanwhile(*given, **named):
        with database.transaction() as other:
            retire(other, who, 1)
        return simulated(*given, **named)

    number = asked(db, who, bank)
    monkeypatch.setattr(releasing, "simulated", meanwhile)
    release_runs.make(database, number, **QUICK)
    run = fresh(db, number)
    assert run.state is RunState.FAILED
    assert "ont changé pendant la simulation" in str(run.failure)
    assert db.scalar(select(func.count()).select_from(Release)) == 0
    assert release_runs.ask(db, who, bank).id != number


def test_whatever_breaks_is_said_and_asked_for_again(db, database, who, bank, monkeypatch):
    def breaks(*_given, **_named):
        raise ZeroDivisionError

    number = asked(db, who, bank)
    monkeypatch.setattr(releasing, "simulated", breaks)
    release_runs.make(database, number, **QUICK)
    run = fresh(db, number)
    assert (run.state, run.failure.message) == (RunState.FAILED, release_runs.BROKEN)


def test_who_lost_the_right_meanwhile_releases_nothing(db, database, make, bank):
    person = make.coordinator()
    number = asked(db, person.actor, bank)
    person.role = make.evaluator().role
    db.commit()
    release_runs.make(database, number, **QUICK)
    assert fresh(db, number).state is RunState.FAILED
    assert db.scalar(select(func.count()).select_from(Release)) == 0


def test_a_silent_run_is_begun_again(db, who, bank):
    run = release_runs.ask(db, who, bank)
    db.flush()
    assert release_runs.RUNS.pick_up(db) == 0
    clock.move(runs.SILENT + timedelta(seconds=1))
    assert release_runs.RUNS.pick_up(db) == 1
    assert release_runs.RUNS.pick_up(db) == 0
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == release_runs.RUNS.kind)).all()
    assert [row.payload["run"] for row in rows] == [run.id, run.id]


def test_too_few_questions_are_refused_with_what_to_do(db, who, bank):
    retire(db, who, 21)
    with pytest.raises(Refused, match=r"19 questions en service.: il en faut au moins 20"):
        release_runs.ask(db, who, bank)


def test_a_skill_that_some_test_wants_must_be_there(db, make, who, bank):
    for item in db.scalars(select(Item).where(Item.skill == "reading")):
        states.move(db, who, item, ItemState.RETIRED, "old")
    with pytest.raises(Refused, match="compréhension écrite"):
        release_runs.ask(db, who, bank)
    third = {"vocabulary": 0.4, "grammar": 0.3, "expressions": 0.3, "reading": 0}
    blueprints.draw(db, who, make.certification(), bank, shares=third)
    assert releasing.obstacle(db, bank.id) is None
    blueprints.draw(db, who, make.certification(), bank)
    assert releasing.obstacle(db, bank.id) is not None


def test_a_release_again_is_the_same(db, who, bank):
    first = releasing.make(db, who, bank, **QUICK)
    assert releasing.make(db, who, bank, **QUICK) is first
    retire(db, who, 2)
    assert releasing.difference(db, bank.id) == releasing.Difference(0, 2)
    assert releasing.make(db, who, bank, **QUICK).number == 2


def test_evaluators_release_nothing(db, make, bank):
    with pytest.raises(Forbidden):
        release_runs.ask(db, make.evaluator().actor, bank)


def test_the_jobs_process_picks_up(db, database, who, bank):
    release_runs.ask(db, who, bank)
    db.commit()
    clock.move(runs.SILENT + timedelta(seconds=1))
    assert runs.pick_up(database) == 1
