"""The certifications on offer."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.events import CertificationOffered, LanguageChanging
from enrolment.models import SECOND_FOR, Candidacy, Certification
from kernel import audit, events
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people.languages import Language

NAMES = ("name_fr", "name_en")
NUMBERS = (
    "slot_minutes",
    "booking_notice_hours",
    "moving_notice_hours",
    "window_days",
    "pause_minutes",
    "rebooking_days",
    "results_days",
    "second_share",
    "second_days",
    "second_new_below",
)


@dataclass(frozen=True)
class Offer:
    """What a coordinator fills in for one certification; times in seconds a part."""

    code: str
    name_fr: str
    name_en: str
    language: Language
    part_soft_s: tuple[int, int, int] = (240, 420, 420)
    part_hard_s: tuple[int, int, int] = (300, 480, 420)
    slot_minutes: int = 20
    booking_notice_hours: int = 24
    moving_notice_hours: int = 24
    window_days: int = 31
    pause_minutes: int = 10
    rebooking_days: int = 14
    results_days: int = 10
    second_for: tuple[str, ...] = SECOND_FOR
    second_share: int = 10
    second_days: int = 5
    second_new_below: int = 10


def _validate(offer: Offer) -> None:
    if not re.fullmatch(r"[A-Z0-9-]{2,20}", offer.code):
        raise Invalid(N_("Un code a de 2 à 20 capitales, chiffres ou tirets."), "code")
    if not offer.name_fr.strip() or not offer.name_en.strip():
        raise Invalid(N_("Le nom est nécessaire dans les deux langues."), "name_fr")
    _must_fit(offer)
    for name in ("booking_notice_hours", "moving_notice_hours"):
        if not 0 <= getattr(offer, name) <= 336:
            raise Invalid(N_("Un délai va de 0 à 336 heures (deux semaines)."), name)
    if not 0 <= offer.pause_minutes <= 60:
        raise Invalid(N_("Le temps s'arrête de 0 à 60 minutes au plus."), "pause_minutes")
    if not 1 <= offer.rebooking_days <= 365:
        raise Invalid(N_("Un nouveau rendez-vous demande de 1 à 365 jours."), "rebooking_days")
    if not 1 <= offer.results_days <= 90:
        raise Invalid(N_("Les résultats demandent de 1 à 90 jours."), "results_days")
    _check_second(offer)


def _check_second(offer: Offer) -> None:
    """Look whether second markings can be asked for so."""
    if not set(offer.second_for) <= set(SECOND_FOR):
        raise Invalid(N_("Ce motif de seconde notation n'existe pas."), "second_for")
    if not 0 <= offer.second_share <= 100:
        raise Invalid(N_("Une part va de 0 à 100 oraux sur cent."), "second_share")
    if not 1 <= offer.second_days <= 60:
        raise Invalid(N_("Une seconde notation demande de 1 à 60 jours."), "second_days")
    if not 0 <= offer.second_new_below <= 1000:
        raise Invalid(N_("Un évaluateur débute pendant 0 à 1 000 oraux."), "second_new_below")


def _must_fit(offer: Offer) -> None:
    """Look whether the three parts have sensible times, and the oral holds them."""
    for soft, hard in zip(offer.part_soft_s, offer.part_hard_s, strict=True):
        if not 30 <= soft <= hard <= 3600:
            raise Invalid(
                N_("La durée limite d'une partie est au moins sa durée prévue."), "part_hard_s"
            )
    if not 10 <= offer.slot_minutes <= 180:
        raise Invalid(N_("Un oral dure de 10 à 180 minutes."), "slot_minutes")
    minutes = math.ceil(sum(offer.part_hard_s) / 60)
    if minutes > offer.slot_minutes:
        raise Invalid(
            N_(
                "Les durées limites des trois parties font %(minutes)s minutes : l'oral dure au "
                "moins autant, sinon il empiète sur le rendez-vous suivant."
            ),
            "slot_minutes",
            minutes=minutes,
        )


def offer(db: Session, actor: Actor, wish: Offer) -> Certification:
    """Put a certification on offer.

    Raises:
        Invalid: a field cannot be, or no oral can be held in its language.
        Refused: the code is taken.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    _validate(wish)
    if db.scalar(select(Certification.id).where(Certification.code == wish.code)):
        raise Refused(N_("Une certification porte déjà ce code."))
    certification = Certification(
        code=wish.code,
        language=wish.language,
        **_kept(wish),
    )
    events.tell(db, CertificationOffered(certification))
    db.add(certification)
    audit.record(db, actor, "certification.offer", certification)
    return certification


def revise(db: Session, actor: Actor, certification: Certification, wish: Offer) -> None:
    """Change a certification; its code stays, and its language once somebody is enrolled.

    Raises:
        Invalid: a field cannot be, or no exam can be held in its new language.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    _validate(wish)
    before = _as_kept(certification)
    if wish.language is not certification.language:
        _change_language(db, certification, wish.language)
    for name, value in _kept(wish).items():
        setattr(certification, name, value)
    audit.record(
        db,
        actor,
        "certification.revise",
        certification,
        **_changes(before, _as_kept(certification)),
    )


def _kept(wish: Offer) -> dict[str, Any]:
    """Return what the row keeps of an offer: all but its code and its language."""
    return {
        "name_fr": wish.name_fr.strip(),
        "name_en": wish.name_en.strip(),
        "part_soft_s": list(wish.part_soft_s),
        "part_hard_s": list(wish.part_hard_s),
        "second_for": [reason for reason in SECOND_FOR if reason in wish.second_for],
        **{name: getattr(wish, name) for name in NUMBERS},
    }


def _as_kept(certification: Certification) -> dict[str, Any]:
    lists = ("part_soft_s", "part_hard_s", "second_for")
    kept = {name: getattr(certification, name) for name in (*NAMES, *lists, *NUMBERS)}
    return {"language": str(certification.language), **kept}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return for the log what changed, from what to what; of names, only which were rewritten."""
    changed = [name for name, value in after.items() if value != before[name]]
    return {
        "changed": {name: [before[name], after[name]] for name in changed if name not in NAMES},
        "rewritten": [name for name in changed if name in NAMES],
    }


def _change_language(db: Session, certification: Certification, language: Language) -> None:
    db.refresh(
        certification, with_for_update=LOCK
    )  # else a bank might come into its test meanwhile
    enrolled = select(Candidacy.id).where(Candidacy.certification_id == certification.id).limit(1)
    if db.scalar(enrolled) is not None:
        raise Invalid(N_("Des candidats y sont inscrits : sa langue ne change plus."), "language")
    events.tell(db, LanguageChanging(certification, language))
    certification.language = language
