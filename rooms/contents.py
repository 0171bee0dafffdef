"""What there is to say and show in an oral, for a language and a level; none is held without it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import queries
from enrolment.models import Certification
from kernel.errors import N_, Invalid, Refused
from kernel.levels import LEVELS, Level
from people.languages import Language
from rooms import library
from written_test import blueprints
from written_test.models import Blueprint

NOT_OFFERED = N_(
    "Aucun oral ne peut se tenir dans cette langue : son script et ses cartes ne sont pas écrits "
    "pour chaque niveau. Rien n'a été enregistré. Choisissez une autre langue, ou attendez une "
    "version de la plateforme qui les apporte."
)
NOT_BOOKED = N_(
    "Aucun rendez-vous ne peut être pris : le script et les cartes de l'oral ne sont pas écrits "
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
    oral: tuple[Lack, ...]
    written: bool  # no bank of questions with a release is drawn on


def lacks(language: Language, level: Level | None = None) -> tuple[Lack, ...]:
    """Return what is not written for an oral in `language`, at `level` or at one of them all."""
    try:
        library.script(str(language))
        cards = library.cards(str(language))
    except LookupError:
        return tuple(Lack)
    levels = LEVELS if level is None else (level,)
    have = {(card.part, card.level) for card in cards}
    return tuple(
        lack for lack, part in CARDS.items() if any((part, asked) not in have for asked in levels)
    )


def require(language: Language) -> None:
    """Make sure that an oral in `language` has its script and its cards.

    Raises:
        Refused: it would be held with an empty page.
    """
    if lacks(language):
        raise Refused(NOT_BOOKED)


def may_offer(language: Language) -> None:
    """Make sure that a certification in `language` can have an oral.

    Raises:
        Invalid: it cannot (field `language`).
    """
    if lacks(language):
        raise Invalid(NOT_OFFERED, "language")


def unready(db: Session) -> list[Unready]:
    """Return the certifications on offer that lack content for the oral or the written test.

    A written test may be sat elsewhere: the want of a bank is worth saying, and stops nobody.
    """
    drawn = {row.certification_id: row.bank_id for row in db.scalars(select(Blueprint))}
    said = []
    for certification in queries.certifications(db):
        bank = drawn.get(certification.id)
        written = bank is None or blueprints.latest_release(db, bank) is None
        oral = lacks(certification.language)
        if oral or written:
            said.append(Unready(certification, oral, written))
    return said
