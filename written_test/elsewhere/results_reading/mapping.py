"""Which column of a source is what: guessed from its titles, chosen by a person, remembered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

from kernel.errors import N_, Invalid
from kernel.levels import LEVELS, Level, of_rank
from written_test.questions.drafts import Skill


class DayOrder(StrEnum):
    """Which of day and month comes first where a date is written with figures alone."""

    FOUND = "found"  # what the column itself shows, else the day
    DAY = "day"
    MONTH = "month"


class NamedBy(StrEnum):
    """What names the candidate."""

    EMAIL = "email"
    CANDIDACY = "candidacy"  # its number here
    DOSSIER = "dossier"  # its number at the funder


PLACES: Final = ("candidate", "date", "level", "score", "reference")


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of one source by their titles; "" is none.

    `table`: the least score of each level; without it a score is kept, and gives no level.
    """

    candidate: str = ""
    by: NamedBy = NamedBy.EMAIL
    date: str = ""
    level: str = ""
    score: str = ""
    reference: str = ""
    skills: dict[str, str] = field(default_factory=dict)
    table: dict[Level, Decimal] = field(default_factory=dict)
    order: DayOrder = DayOrder.FOUND

    def check(self, columns: tuple[str, ...]) -> None:
        """Do nothing if lines can be read with this.

        Raises:
            Invalid: a column that is needed is missing, or the table does not climb.
        """
        used = (self.candidate, self.date, self.level, self.score, self.reference)
        if not self.candidate:
            raise Invalid(N_("Dites quelle colonne nomme le candidat."), "candidate")
        if not self.date:
            raise Invalid(N_("Dites quelle colonne donne la date du test."), "date")
        if not self.level and not (self.score and self.table):
            raise Invalid(
                N_("Il faut une colonne de niveau, ou une colonne de score et son barème."), "level"
            )
        for name in (*used, *self.skills.values()):
            if name and name not in columns:
                raise Invalid(
                    N_("Le fichier n'a pas de colonne « %(name)s »."), "candidate", name=name
                )
        steps = [self.table[level] for level in LEVELS if level in self.table]
        if steps != sorted(set(steps)):
            raise Invalid(N_("Le barème doit monter d'un niveau à l'autre."), "table")

    def level_of(self, score: Decimal) -> Level:
        """Return the highest level whose least score is reached; below the first, the one under."""
        reached = [level for level in LEVELS if level in self.table and score >= self.table[level]]
        if reached:
            return max(reached)
        return of_rank(min(self.table).rank - 1)

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as plain values."""
        return {
            **{place: getattr(self, place) for place in PLACES},
            "by": str(self.by),
            "order": str(self.order),
            "skills": dict(self.skills),
            "table": {str(level): str(least) for level, least in self.table.items()},
        }

    @classmethod
    def of(cls, kept: Dictionary[str, Any]) -> Self:
        """Return the mapping that was kept as plain values; {} is an empty one."""
        return cls(
            **{place: str(kept.get(place, "")) for place in PLACES},
            by=NamedBy(kept.get("by", NamedBy.EMAIL)),
            order=DayOrder(kept.get("order", DayOrder.FOUND)),
            skills=dict(kept.get("skills", {})),
            table={Level(level): Decimal(least) for level, least in kept.get("table", {}).items()},
        )


# Titles as platforms write them, French and English, without accents or signs.
_TITLES: Final[dict[str, tuple[str, ...]]] = {
    "date": (
        *("date du test", "date de passage", "date de l examen", "date test", "test date", "date"),
        *("datestamp", "passe le", "taken on", "completed at", "completed on", "exam date"),
    ),
    "level": (
        *("niveau", "niveau global", "niveau cecrl", "niveau cecr", "cecrl", "cecr"),
        *("level", "overall level", "cefr", "cefr level", "grade"),
    ),
    "score": ("score", "score total", "total score", "note", "points", "total", "result"),
    "reference": (
        *("reference", "reference du resultat", "ref", "id resultat", "id", "identifiant du test"),
        *("result id", "test id", "session id", "session", "attempt id", "n de session"),
    ),
}
_WHO: Final[tuple[tuple[NamedBy, tuple[str, ...]], ...]] = (
    (NamedBy.CANDIDACY, ("candidature", "numero de candidature", "n de candidature", "candidacy")),
    (
        NamedBy.DOSSIER,
        ("dossier", "numero de dossier", "n de dossier", "dossier cpf", "case number"),
    ),
    (
        NamedBy.EMAIL,
        (
            *("email", "e mail", "mail", "courriel", "adresse e mail", "adresse email", "adresse"),
            *("email address", "e mail address", "candidat", "candidate", "sourcedid", "login"),
        ),
    ),
)
_SKILLS: Final[dict[Skill, tuple[str, ...]]] = {
    Skill.VOCABULARY: ("vocabulaire", "vocabulary", "lexique", "lexis"),
    Skill.GRAMMAR: ("grammaire", "grammar", "structures"),
    Skill.EXPRESSIONS: ("expressions", "expression", "idiomes", "idioms"),
    Skill.READING: ("lecture", "comprehension ecrite", "reading", "reading comprehension"),
}


def bare(title: str) -> str:
    """Return a title in small letters, without accents or signs."""
    split = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(c for c in split if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


_KNOWN: Final = frozenset(
    title
    for titles in (*_TITLES.values(), *_SKILLS.values(), *(names for _by, names in _WHO))
    for title in titles
)


def is_title(said: str) -> bool:
    """Tell whether platforms title a column so."""
    return bare(said) in _KNOWN


def guess(columns: tuple[str, ...], remembered: Mapping | None = None) -> Mapping:
    """Return what was remembered where the columns still bear it, else a guess by the titles."""
    if remembered and remembered.candidate in columns and remembered.date in columns:
        kept = {place: getattr(remembered, place) for place in PLACES}
        return Mapping(
            **{place: name if name in columns else "" for place, name in kept.items()},
            by=remembered.by,
            order=remembered.order,
            skills={s: name for s, name in remembered.skills.items() if name in columns},
            table=remembered.table,
        )
    by_title = {bare(name): name for name in reversed(columns)}

    def find(titles: tuple[str, ...]) -> str:
        return next((by_title[title] for title in titles if title in by_title), "")

    by, candidate = next(
        ((by, name) for by, titles in _WHO if (name := find(titles))), (NamedBy.EMAIL, "")
    )
    return Mapping(
        candidate=candidate,
        by=by,
        **{place: find(titles) for place, titles in _TITLES.items()},
        skills={str(skill): name for skill, titles in _SKILLS.items() if (name := find(titles))},
        table=remembered.table if remembered else {},
        order=remembered.order if remembered else DayOrder.FOUND,
    )
