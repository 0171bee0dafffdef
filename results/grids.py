"""Which grid a certification's orals are marked with: one that its decision rules can decide by."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from kernel import audit
from kernel.permissions import Actor, Permission, check
from results import policies
from rubrics import publishing
from rubrics.models import Rubric


def choose(db: Session, actor: Actor, certification: Certification, name: str) -> None:
    """Let the orals of a certification be marked with the grid `name`; "": the product's newest.

    Those that are booked take it when their room is opened; those that were opened keep theirs.

    Raises:
        Forbidden: the actor does not manage what is on offer.
        Refused: no such grid was published, or the rule of the certification, or of a candidacy
            under way, is for other criteria.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    row = publishing.GRIDS.published(db, name) if name else publishing.row_in_force(db, None)
    grid = publishing.read(row)
    for rule in {certification.policy, *policies.under_way(db, certification)}:
        policies.require_fit(policies.read(policies.published(db, rule)), grid)
    chosen = row.id if name else None
    if certification.rubric_id == chosen:
        return
    known = certification.rubric_id
    was = "" if known is None else db.get_one(Rubric, known).name
    certification.rubric_id = chosen
    audit.record(db, actor, "certification.grid", certification, name=name, was=was)


def taken_by(db: Session) -> dict[int, list[Certification]]:
    """Return the certifications whose orals are marked with each grid, by the grid's id."""
    takers: dict[int, list[Certification]] = {}
    newest = publishing.row_in_force(db, None)
    for certification in db.scalars(select(Certification).order_by(Certification.id)):
        chosen = certification.rubric_id
        takers.setdefault(newest.id if chosen is None else chosen, []).append(certification)
    return takers
