"""The published policies as rows: never edited, only followed by a next version.

A policy's name carries its version (`default-1`); certifications, candidacies and verdicts name it.
Its content is kept with its digest, and what no longer has that digest is refused.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enrolment.models import ENDED, Candidacy, Certification
from kernel import audit, clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.published import Shelf
from kernel.published import digest as published_digest
from results.models import PolicyRow
from results.policy import Policy, read_policy
from rubrics import publishing
from rubrics.library import Grid

POLICIES: Final = Shelf(
    PolicyRow,
    unversioned=N_("Le nom d'une règle se termine par sa version : « règle-2 »."),
    standing=N_("La règle « %(name)s » est publiée : elle ne change plus."),
    absent=N_("La règle de décision « %(name)s » n'est pas publiée."),
)
published: Final = POLICIES.published
versions: Final = POLICIES.versions


def digest(policy: Policy) -> str:
    """Return the SHA-256, in hexadecimal, of everything that a policy says."""
    return published_digest(policy.as_json())


def fits(policy: Policy, grid: Grid) -> bool:
    """Tell whether a policy weighs the criteria of a grid, and no other."""
    return set(policy.oral.criteria) == set(grid.keys)


def publish(db: Session, actor: Actor, policy: Policy, grid: Grid) -> PolicyRow:
    """Publish a policy for a grid; the same one again is the same row.

    Raises:
        Forbidden: the actor does not manage what is on offer.
        Invalid: its name carries no version, or its criteria are not the grid's.
        Refused: another content was published under this name.
    """
    check(db, actor, Permission.PUBLISH_POLICY)
    version = POLICIES.version_of(policy.name)
    if not fits(policy, grid):
        raise Invalid(
            N_("La règle « %(name)s » ne porte pas sur les critères de la grille."),
            "criteria",
            name=policy.name,
        )
    known = POLICIES.same(db, policy.name, digest(policy))
    if known is not None:
        return known
    row = PolicyRow(
        name=policy.name,
        version=version,
        content=policy.as_json(),
        digest=digest(policy),
        published_at=clock.now(),
        by_id=actor.user_id,
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, "policy.publish", row, name=policy.name, grid=grid.version)
    return row


def choose(db: Session, actor: Actor, certification: Certification, name: str) -> None:
    """Let the published policy `name` decide the candidacies that are enrolled from now on.

    Those that are enrolled keep the one that they were enrolled under. Choosing the one in force
    changes nothing.

    Raises:
        Forbidden: the actor does not manage what is on offer.
        Refused: no such policy was published, or its criteria are not those of the grid.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    row = published(db, name)
    require_fit(read(row), publishing.in_force(db, certification.rubric_id))
    was = certification.policy
    if was == name:
        return
    certification.policy = name
    audit.record(
        db, actor, "certification.policy", certification, policy=name, digest=row.digest, was=was
    )


def require_fit(policy: Policy, grid: Grid) -> None:
    """Do nothing if `policy` can decide what was marked with `grid`.

    Raises:
        Refused: its criteria are not those of the grid.
    """
    if not fits(policy, grid):
        raise Refused(
            N_("La règle « %(name)s » ne porte pas sur les critères de la grille."),
            name=policy.name,
        )


def read(row: PolicyRow) -> Policy:
    """Return the policy that a row keeps; raise ValueError when it is not what was published."""
    policy = read_policy(row.content)
    POLICIES.require_whole(row, policy.as_json())
    return policy


def of(db: Session, candidacy: Candidacy) -> Policy:
    """Return the policy that decides a candidacy; raise Refused as `published`."""
    return read(published(db, candidacy.policy))


def under_way(db: Session, certification: Certification) -> dict[str, int]:
    """Return how many candidacies have no verdict and have not ended, by the policy they keep."""
    rows = db.execute(
        select(Candidacy.policy, func.count())
        .where(Candidacy.certification_id == certification.id, Candidacy.stage.not_in(ENDED))
        .group_by(Candidacy.policy)
    )
    return dict(rows.all())


def taken_by(db: Session) -> dict[str, list[Certification]]:
    """Return the certifications whose next candidacies each policy decides, by its name."""
    takers: dict[str, list[Certification]] = {}
    for certification in db.scalars(select(Certification).order_by(Certification.id)):
        takers.setdefault(certification.policy, []).append(certification)
    return takers
