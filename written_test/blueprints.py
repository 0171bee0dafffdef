"""Blueprints: how a certification's written test is put together; frozen into each test."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Certification
from kernel import audit
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from written_test.adaptive import Rules
from written_test.drafts import Skill
from written_test.models import Bank, Blueprint, Release

CUTS: Final = (-2.9, -2.0, -1.1, -0.2, 0.7, 1.6)
"""Abilities between below A1 and A1, A1 and A2, … C1 and C2."""
SHARES: Final = dict.fromkeys((str(skill) for skill in Skill), 0.25)


def of_certification(db: Session, certification_id: int) -> Blueprint | None:
    """Return the blueprint of a certification, if its written test is sat here."""
    return db.scalar(select(Blueprint).where(Blueprint.certification_id == certification_id))


def latest_release(db: Session, bank_id: int) -> Release | None:
    """Return what a bank offers now."""
    return db.scalar(
        select(Release).where(Release.bank_id == bank_id).order_by(Release.number.desc()).limit(1)
    )


def draw(
    db: Session, actor: Actor, certification: Certification, bank: Bank, **values: Any
) -> Blueprint:
    """Say how the written test of a certification is put together, anew or for the first time.

    Tests that have begun keep what they began with.

    Raises:
        Invalid: the bank is of another language, or the values make no test.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    if bank.language is not certification.language:
        raise Invalid(N_("Cette banque est d'une autre langue."), "bank")
    row = of_certification(db, certification.id)
    if row is None:
        row = Blueprint(certification_id=certification.id, shares=dict(SHARES), cuts=list(CUTS))
        db.add(row)
    row.bank_id = bank.id
    for name, value in values.items():
        setattr(row, name, value)
    try:
        rules_of(frozen(row, 1.0, ""))
    except ValueError:
        raise Invalid(N_("Ces règles ne font pas un test.")) from None
    db.flush()
    audit.record(db, actor, "blueprint.draw", row, bank=bank.id)
    return row


def frozen(blueprint: Blueprint, factor: float, field: str) -> dict[str, Any]:
    """Return a blueprint as a test keeps it, with the person's extra time and field."""
    return {
        "shares": blueprint.shares,
        "cuts": blueprint.cuts,
        "shortest": blueprint.shortest or 12,
        "longest": blueprint.longest or 40,
        "confidence": blueprint.confidence or 0.8,
        "minutes": blueprint.minutes or 45,
        "swaps": 2 if blueprint.swaps is None else blueprint.swaps,
        "lost_seconds": 300 if blueprint.lost_seconds is None else blueprint.lost_seconds,
        "factor": factor,
        "field": field,
    }


def rules_of(kept: dict[str, Any]) -> Rules:
    """Return the rules of a course from what a test keeps."""
    return Rules(
        shares={str(skill): float(share) for skill, share in kept["shares"].items()},
        cuts=tuple(float(cut) for cut in kept["cuts"]),
        shortest=int(kept["shortest"]),
        longest=int(kept["longest"]),
        confidence=float(kept["confidence"]),
    )


def required(db: Session, candidacy: Candidacy) -> tuple[Blueprint, Release]:
    """Return what a test of this candidacy would be made from.

    Raises:
        Refused: the certification's written test is not sat here, or its bank offers nothing yet.
    """
    blueprint = of_certification(db, candidacy.certification_id)
    release = latest_release(db, blueprint.bank_id) if blueprint else None
    if blueprint is None or release is None:
        raise Refused(N_("Le test écrit de cette certification ne se passe pas encore ici."))
    return blueprint, release
