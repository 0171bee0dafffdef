"""Blueprints: how a certification's written test is put together; frozen into each test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Certification
from kernel import audit
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from written_test.engine.adaptive import MOST_PILOTS, Rules
from written_test.items import pools
from written_test.models import Bank, Blueprint, Release
from written_test.questions.drafts import Skill

CUTS: Final = (-2.9, -2.0, -1.1, -0.2, 0.7, 1.6)
"""Abilities between below A1 and A1, A1 and A2, … C1 and C2."""
SHARES: Final = dict.fromkeys((str(skill) for skill in Skill), 0.25)
EXPOSURE_MOST: Final = 0.25
EXTREME: Final = 5
"""No level begins further from the middle of the scale."""
USUAL: Final[Mapping[str, Any]] = {
    "shares": SHARES,
    "cuts": list(CUTS),
    "shortest": 12,
    "longest": 40,
    "confidence": 0.8,
    "exposure_most": EXPOSURE_MOST,
    "pilot_share": 0.1,
    "minutes": 45,
    "swaps": 2,
    "lost_seconds": 300,
}
"""What a blueprint says where nobody said otherwise."""
BOUNDS: Final[Mapping[str, tuple[float, float, str]]] = {
    "shortest": (1, 100, N_("Un test a de %(least)s à %(most)s questions.")),
    "longest": (1, 100, N_("Un test a de %(least)s à %(most)s questions.")),
    "confidence": (0.5, 0.99, N_("La certitude du niveau va de %(least)s à %(most)s %%.")),
    "exposure_most": (0.05, 1, N_("L'exposition va de %(least)s à %(most)s %%.")),
    "pilot_share": (
        0,
        MOST_PILOTS,
        N_("La part des questions à l'essai va de %(least)s à %(most)s %%."),
    ),
    "minutes": (5, 240, N_("Un test dure de %(least)s à %(most)s minutes.")),
    "swaps": (0, 10, N_("On remplace de %(least)s à %(most)s questions.")),
    "lost_seconds": (0, 3600, N_("L'arrêt du temps va de %(least)s à %(most)s secondes.")),
}

IN_PERCENT: Final = frozenset({"confidence", "exposure_most", "pilot_share"})


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

    What `values` do not name stays, or is usual. Tests that have begun keep what they began with.

    Raises:
        Invalid: the bank is of another language, or a value makes no test (its field is named).
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(certification, with_for_update=LOCK)
    if bank.language is not certification.language:
        raise Invalid(N_("Cette banque est d'une autre langue."), "bank")
    row = of_certification(db, certification.id)
    before = {name: getattr(row, name) for name in USUAL} if row else dict(USUAL)
    wanted = before | values
    plausible(wanted)
    wanted["shares"] = {skill: share for skill, share in wanted["shares"].items() if share > 0}
    _must_be_offered(db, bank, wanted["shares"])
    if row is None:
        row = Blueprint(certification_id=certification.id)
        db.add(row)
    row.bank_id = bank.id
    for name in USUAL:
        setattr(row, name, wanted[name])
    db.flush()
    audit.record(db, actor, "blueprint.draw", row, bank=bank.id, **wanted)
    return row


def remove(db: Session, actor: Actor, certification: Certification) -> None:
    """Say that the written test of a certification is no longer sat here; begun ones go on.

    Raises:
        Refused: it is not sat here.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(certification, with_for_update=LOCK)
    row = of_certification(db, certification.id)
    if row is None:
        raise Refused(N_("Le test écrit de cette certification ne se passe déjà pas ici."))
    audit.record(db, actor, "blueprint.remove", row, bank=row.bank_id)
    db.delete(row)
    db.flush()


def keeps_language(db: Session, certification: Certification, language: Language) -> None:
    """Let a certification change its language only while no bank of the old one is in its test.

    Raises:
        Invalid: its written test draws from a bank of another language (field `language`).
    """
    row = of_certification(db, certification.id)
    if row is not None and row.bank.language is not language:
        raise Invalid(
            N_(
                "Son test écrit tire ses questions d'une banque de la langue actuelle. "
                "Retirez d'abord ce test d'ici."
            ),
            "language",
        )


def plausible(values: Mapping[str, Any]) -> None:
    """Look whether values make a test.

    Raises:
        Invalid: with the field, and what it may be.
    """
    for name, (least, most, message) in BOUNDS.items():
        if not least <= values[name] <= most:
            unit = 100 if name in IN_PERCENT else 1
            raise Invalid(message, name, least=round(unit * least), most=round(unit * most))
    if values["longest"] < values["shortest"]:
        raise Invalid(N_("Le plus long test n'est pas plus court que le plus court."), "longest")
    shares = values["shares"]
    if not set(shares) <= set(SHARES) or not all(0 <= share <= 1 for share in shares.values()):
        raise Invalid(N_("La part d'une compétence va de 0 à 100 %."), "shares")
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        raise Invalid(
            N_("Les parts des compétences font %(total)s %% ensemble : il faut 100 %%."),
            "shares",
            total=round(100 * total),
        )
    cuts = values["cuts"]
    if len(cuts) != len(CUTS) or not all(-EXTREME <= cut <= EXTREME for cut in cuts):
        raise Invalid(
            N_("Les seuils des niveaux sont six nombres de -%(most)s à %(most)s."),
            "cuts",
            most=EXTREME,
        )
    if any(higher <= lower for lower, higher in pairwise(cuts)):
        raise Invalid(N_("Chaque seuil est plus haut que celui du niveau d'en dessous."), "cuts")


def _must_be_offered(db: Session, bank: Bank, shares: Mapping[str, float]) -> None:
    release = latest_release(db, bank.id)
    if release is None:
        return
    offered = pools.of_release(db, release.id, release.made_at.isoformat()).skills
    for skill in shares:
        if skill not in offered:
            raise Invalid(
                N_(
                    "Aucune question de cette compétence n'est en service dans cette banque : "
                    "mettez sa part à 0 %, ou importez-en et remettez la banque en service."
                ),
                f"share_{skill}",
            )


def frozen(blueprint: Blueprint, factor: float, field: str) -> dict[str, Any]:
    """Return a blueprint as a test keeps it, with the person's extra time and field."""
    return {
        "shares": blueprint.shares,
        "cuts": blueprint.cuts,
        "shortest": blueprint.shortest,
        "longest": blueprint.longest,
        "confidence": blueprint.confidence,
        "pilot_share": blueprint.pilot_share,
        "minutes": blueprint.minutes,
        "swaps": blueprint.swaps,
        "lost_seconds": blueprint.lost_seconds,
        "opens_gently": True,
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
        pilot_share=float(kept.get("pilot_share", 0.0)),  # tests of before had none
        opening=opening(kept["cuts"]) if kept.get("opens_gently") else None,  # the same
    )


def opening(cuts: Sequence[float]) -> tuple[float, float]:
    """Return between which abilities the first question lies: those of A2 and B1."""
    return float(cuts[1]), float(cuts[3])


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
