"""What there is to say and show in an oral; none is booked without it, nor offered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import queries
from enrolment.models import Certification
from kernel.errors import N_, Invalid, Refused
from kernel.levels import Level
from people.languages import Language
from rooms import content_sets, library
from rooms.library import OralContent
from rooms.models import ContentSet
from written_test import blueprints
from written_test.models import Blueprint

NOT_OFFERED = N_(
    "Aucun oral ne peut se tenir dans cette langue : son script et ses cartes ne sont pas publiés "
    "pour chaque niveau. Rien n'a été enregistré. Choisissez une autre langue, ou publiez d'abord "
    "un jeu de contenus dans celle-ci."
)
NOT_BOOKED = N_(
    "Aucun rendez-vous ne peut être pris : le script et les cartes de l'oral ne sont pas publiés "
    "dans cette langue. Rien n'a été enregistré ; le certificateur dira la suite."
)


class Lack(StrEnum):
    """What an oral cannot do without."""

    SCRIPT = "script"
    ROLE_PLAY = "role_play"
    DISCUSSION = "discussion"


CARDS = {Lack.ROLE_PLAY: library.ROLE_PLAY, Lack.DISCUSSION: library.DISCUSSION}


@dataclass(frozen=True, slots=True)
class Unready:
    """A certification on offer with nothing written for a part of it."""

    certification: Certification
    oral: bool  # no set of content is whole
    written: bool  # no bank of questions with a release is drawn on


def lacks(content: OralContent | None, level: Level) -> tuple[Lack, ...]:
    """Return what a content has not for an oral at `level`."""
    if content is None:
        return tuple(Lack)
    missing = content.missing()
    return tuple(lack for lack, part in CARDS.items() if (part, level) in missing)


def require(db: Session, certification: Certification) -> ContentSet:
    """Return the set that an oral booked now is held with.

    Raises:
        Refused: it would be held with an empty page.
    """
    row = content_sets.of(db, certification)
    if row is None:
        raise Refused(NOT_BOOKED)
    return row


def may_offer(db: Session, language: Language) -> None:
    """Make sure that a certification in `language` can have an oral.

    Raises:
        Invalid: it cannot (field `language`).
    """
    if content_sets.in_force(db, language) is None:
        raise Invalid(NOT_OFFERED, "language")


def unready(db: Session) -> list[Unready]:
    """Return the certifications on offer that lack content for the oral or the written test.

    A written test may be sat elsewhere: the want of a bank is worth saying, and stops nobody.
    """
    drawn = {row.certification_id: row.bank_id for row in db.scalars(select(Blueprint))}
    ready = content_sets.languages(db)
    said = []
    for certification in queries.certifications(db):
        bank = drawn.get(certification.id)
        written = bank is None or blueprints.latest_release(db, bank) is None
        oral = certification.language not in ready
        if oral or written:
            said.append(Unready(certification, oral, written))
    return said
