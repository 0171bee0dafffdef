"""Write the next decision rule: begun from a published one, tried, published.

A draft always says a rule that can be applied. What it would have changed is tried on past verdicts
before (`results.trials`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, check
from people.drafts import Drafts
from results import policies
from results.models import PolicyDraft, PolicyRow
from results.policy import Policy, read_policy
from rubrics import publishing
from rubrics.library import Grid

DRAFTS: Final = Drafts(PolicyDraft, "policy", Permission.PUBLISH_POLICY)


def read(draft: PolicyDraft) -> Policy:
    """Return the rule that a draft says."""
    return read_policy(draft.content)


def begin(db: Session, actor: Actor, row: PolicyRow, name: str) -> PolicyDraft:
    """Begin a rule from a published one.

    Raises:
        Forbidden: the actor does not publish rules.
        Invalid: its name carries no version (field `name`).
        Refused: a rule or a draft has this name.
    """
    check(db, actor, Permission.PUBLISH_POLICY)
    policies.POLICIES.require_free(db, name)
    content = policies.read(row).as_json() | {"name": name}
    return DRAFTS.begin(db, actor, name, content, row.name)


def write(db: Session, actor: Actor, draft: PolicyDraft, seen: int, policy: Policy) -> None:
    """Write what a draft says from now on, under the name that it has.

    Raises:
        Forbidden: the actor does not publish rules.
        Refused: somebody changed the draft after the state `seen`.
    """
    DRAFTS.take(db, actor, draft, seen)
    DRAFTS.write(db, actor, draft, policy.as_json() | {"name": draft.name})


def grid_of(db: Session, policy: Policy) -> Grid:
    """Return the newest grid whose criteria a rule weighs, else the one in force.

    Raises:
        Refused: no grid is published.
    """
    for row in publishing.GRIDS.versions(db):
        grid = publishing.read(row)
        if policies.fits(policy, grid):
            return grid
    return publishing.in_force(db, None)


def publish(db: Session, actor: Actor, draft: PolicyDraft, seen: int) -> PolicyRow:
    """Publish a draft as it stands; it is a draft no more.

    Raises:
        Forbidden: the actor does not publish rules.
        Invalid: no published grid has its criteria.
        Refused: somebody changed the draft after the state `seen`, or published its name.
    """

    def published() -> PolicyRow:
        policy = read(draft)
        return policies.publish(db, actor, policy, grid_of(db, policy))

    return DRAFTS.publish(db, actor, draft, seen, published)
