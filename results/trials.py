"""A decision rule tried on the verdicts given so far, as a run: nothing of them changes.

What is read are the marks, levels and targets that each verdict was made from; never a document, a
name, or a recording. What is kept is the count and who would change, by the number of the
candidacy.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel import audit, outbox
from kernel.db import Database
from kernel.errors import N_
from kernel.permissions import Actor, Permission, check
from kernel.runs import Finish, Progress, Runs
from results import policies
from results.models import PolicyDraft, PolicyRow, PolicyTrial, VerdictRow
from results.policy import Policy, read_policy
from results.trying import Past, Tally
from results.verdict import read_mark

AT_ONCE: Final = 1000
"""Verdicts read in one transaction."""
BROKEN: Final = N_(
    "L'essai s'est interrompu. Recommencez ; si cela se répète, dites-le à la personne qui "
    "exploite la plateforme."
)
RUNS: Final = Runs(PolicyTrial, "policy.try", BROKEN)


def ask(db: Session, actor: Actor, policy: Policy) -> PolicyTrial:
    """Ask for a rule to be tried, as it stands now.

    Raises:
        Forbidden: the actor does not publish rules.
    """
    check(db, actor, Permission.PUBLISH_POLICY)
    trial = PolicyTrial(
        name=policy.name, content=policy.as_json(), asked_by_id=actor.user_id, outcome={}
    )
    RUNS.ask(db, trial)
    audit.record(db, actor, "policy.try", trial, name=policy.name, digest=policies.digest(policy))
    return trial


def cancel(db: Session, actor: Actor, trial: PolicyTrial) -> None:
    """Stop a trial; one that has ended stays as it is.

    Raises:
        Forbidden: the actor does not publish rules.
    """
    check(db, actor, Permission.PUBLISH_POLICY)
    if RUNS.cancel(db, trial):
        audit.record(db, actor, "policy.try_cancel", trial, name=trial.name)


def of(db: Session, name: str) -> Sequence[PolicyTrial]:
    """Return the trials of a rule of that name, the last first."""
    query = select(PolicyTrial).where(PolicyTrial.name == name)
    return db.scalars(query.order_by(PolicyTrial.id.desc())).all()


def row_of(db: Session, trial: PolicyTrial) -> PolicyRow | None:
    """Return the published rule of the name that was tried."""
    return policies.POLICIES.find(db, trial.name)


def draft_of(db: Session, trial: PolicyTrial) -> PolicyDraft | None:
    """Return the draft of the name that was tried, while it is one."""
    return db.scalar(select(PolicyDraft).where(PolicyDraft.name == trial.name))


def register() -> None:
    """Let the jobs process try rules."""

    @outbox.handles(RUNS.kind)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        begin(database, int(row.payload["run"]))


def begin(database: Database, run_id: int) -> threading.Thread:
    """Try a rule on a thread of its own; return the thread."""
    return RUNS.begin(run_id, partial(make, database, run_id))


def make(database: Database, run_id: int) -> None:
    """Try the rule of a run, saying how far it is; again changes nothing."""
    RUNS.carry_out(database, run_id, _try)


def _try(progress: Progress) -> Finish[PolicyTrial]:
    with progress.database.session(read_only=True) as db:
        policy = read_policy(db.get_one(PolicyTrial, progress.run_id).content)
        total = db.scalar(select(func.count()).select_from(_in_force().subquery())) or 0
    tally, done = Tally(), 0
    for rows in _past(progress.database):
        tally.add(policy, rows)
        done += len(rows)
        progress(done, max(total, done))
    kept = tally.as_json()

    def keep(_db: Session, trial: PolicyTrial) -> None:
        trial.outcome = kept

    return keep


def _in_force() -> Select[Any]:
    """Ask for what the verdict in force of each candidacy was made from, and came to."""
    newer = aliased(VerdictRow)
    return select(
        VerdictRow.id,
        VerdictRow.candidacy_id,
        VerdictRow.policy,
        VerdictRow.inputs,
        VerdictRow.written,
        VerdictRow.target,
        VerdictRow.oral,
        VerdictRow.overall,
        VerdictRow.certified,
    ).where(
        ~exists().where(
            newer.candidacy_id == VerdictRow.candidacy_id, newer.version > VerdictRow.version
        )
    )


def _past(database: Database) -> Iterator[list[Past]]:
    """Yield the verdicts in force, so many at once, each time in a transaction of its own."""
    known: dict[str, Policy] = {}
    last = 0
    while True:
        query = _in_force().where(VerdictRow.id > last).order_by(VerdictRow.id).limit(AT_ONCE)
        with database.session(read_only=True) as db:
            rows = db.execute(query).all()
            for name in {row.policy for row in rows} - known.keys():
                known[name] = policies.read(policies.published(db, name))
        if not rows:
            return
        yield [past_of(row, known[row.policy]) for row in rows]
        last = rows[-1].id


def past_of(row: Row[Any] | VerdictRow, policy: Policy) -> Past:
    """Return what a verdict was made from under its policy, and what it came to."""
    return Past(
        verdict=row.id,
        candidacy=row.candidacy_id,
        policy=policy,
        marks={key: read_mark(text) for key, text in row.inputs["marks"].items()},
        written=row.written,
        target=row.target,
        outcome=(row.oral, row.overall, row.certified),
    )
