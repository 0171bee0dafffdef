"""A rule tried on the verdicts of the database, as a run; verdicts stay what they are."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.audit import AuditEntry
from kernel.errors import Forbidden
from kernel.levels import Level
from kernel.runs import RunState
from results import policies, trials, validation
from results.marks import sheets_of
from results.models import PolicyTrial, VerdictRow
from results.policy import DEFAULT, Rounding
from results.trying import outcome
from results.verdict import Verdict, decide
from rubrics.scale import HIGHEST, LOWEST
from tests.results.test_validation import complete

DOWN = replace(DEFAULT, name="down-1", oral=replace(DEFAULT.oral, rounding=Rounding.DOWN))


def carried_out(database, db: Session, trial: PolicyTrial) -> PolicyTrial:
    run_id = trial.id
    db.commit()
    trials.make(database, run_id)
    with database.session(read_only=True) as after:
        return after.get_one(PolicyTrial, run_id)


def test_a_draft_is_tried_and_nothing_is_written_to_verdicts(database, make):
    db: Session = make.db
    coordinator = make.coordinator()
    near, clear = complete(make, thirds=11), complete(make, thirds=12)
    for candidacy in (near, clear):
        validation.validate(db, coordinator.actor, candidacy)
    trial = trials.ask(db, coordinator.actor, DOWN)
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.act == "policy.try"))
    assert entry.data == {"name": "down-1", "digest": policies.digest(DOWN)}
    before = db.execute(select(VerdictRow.__table__).order_by(VerdictRow.id)).all()
    tried = near.id
    done = carried_out(database, db, trial)
    assert (done.state, done.share) == (RunState.DONE, 1.0)
    assert done.outcome == {
        "tried": 2,
        "unlike": 0,
        "higher": 0,
        "lower": 1,
        "more": 0,
        "fewer": 1,
        "undecided": 0,
        "parts": {"rounding": 1},
        "changes": [[tried, ["B2", "B2", True], ["B1", "B1", False], ["rounding"]]],
    }
    assert db.execute(select(VerdictRow.__table__).order_by(VerdictRow.id)).all() == before


def test_only_the_verdict_in_force_counts_and_only_coordinators_ask(database, make):
    db: Session = make.db
    coordinator = make.coordinator()
    candidacy = complete(make, thirds=12)
    row = validation.validate(db, coordinator.actor, candidacy)
    kept = {c.name: getattr(row, c.name) for c in VerdictRow.__table__.columns if c.name != "id"}
    db.add(VerdictRow(**kept | {"version": 2, "overall": Level.B1, "certified": False}))
    with pytest.raises(Forbidden):
        trials.ask(db, make.evaluator().actor, DOWN)
    trial = trials.ask(db, coordinator.actor, DOWN)
    done = carried_out(database, db, trial)
    assert (done.outcome["tried"], done.outcome["more"]) == (1, 1)  # beside the newer one
    assert [run.id for run in trials.of(db, "down-1")] == [done.id]


def test_what_was_cancelled_is_not_tried(database, make):
    db: Session = make.db
    coordinator = make.coordinator()
    trial = trials.ask(db, coordinator.actor, DOWN)
    for _ in range(2):
        trials.cancel(db, coordinator.actor, trial)
        db.flush()
    done = carried_out(database, db, trial)
    assert (done.state, done.outcome) == (RunState.CANCELLED, {})
    entries = db.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("policy.try")))
    assert entries.all() == ["policy.try", "policy.try_cancel"]


def test_what_is_stored_gives_the_stored_verdict_again(db, make):
    """Of mixed marks, drawn once and for all: levels, digest and every step of the explanation."""
    chance, coordinator = random.Random(12), make.coordinator()  # noqa: S311 -- no secret
    for written in (Level.BELOW, Level.B1, Level.C1):
        candidacy = complete(make, written=written)
        [sheet] = sheets_of(db, candidacy.id).by_role.values()
        for mark in sheet.marks:
            mark.thirds = chance.randint(LOWEST, HIGHEST)
        db.flush()
        row = validation.validate(db, coordinator.actor, candidacy)
        db.expire(row)
        policy = policies.read(policies.published(db, row.policy))
        past = trials.past_of(row, policy)
        again = decide(policy, past.marks, past.written, past.target)
        assert isinstance(again, Verdict)
        assert (again.digest, again.as_json()["explanation"]) == (row.digest, row.explanation)
        assert outcome(policy, past) == past.outcome
