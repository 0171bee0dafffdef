"""Who is in the demo. Every person, organisation and number here is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrolment.declared import Sex
from enrolment.fields import Field
from kernel.levels import Level

CERTIFICATION = "PASS-EN"
REGISTRATION = "DEMO-2026-EN"

ATELIER = "Atelier Passerelle"
CAP = "Cap Langues Ouest"

COORDINATOR = "helene.vasseur@horizon.example"
COORDINATOR2 = "marc.thibaud@horizon.example"
EVALUATOR = "sarah.whitcombe@evaluateurs.example"
EVALUATOR2 = "daniel.okafor@evaluateurs.example"
SENIOR = "margaret.ellison@evaluateurs.example"
MANAGER = "ines.moreau@atelier-passerelle.example"
MANAGER2 = "paul.lagarde@cap-langues.example"

CANDIDATE = "camille.delaunay@candidats.example"
CANDIDATE_NEW = "yanis.benali@candidats.example"
CANDIDATE_BOOKING = "lea.fontaine@candidats.example"


@dataclass(frozen=True)
class Member:
    """A member of staff."""

    email: str
    given_name: str
    family_name: str
    locale: str = "fr"


@dataclass(frozen=True)
class Part:
    """A candidate: who they are, and what their organisation asked for."""

    email: str
    first_names: str
    birth_name: str
    sex: Sex
    birth_date: date
    birth_place: str
    commune: str
    target: Level = Level.B2
    field: Field = Field.GENERAL
    organisation: str = ATELIER
    used_name: str = ""
    country: str = "FR"
    time_factor: float = 1.0
    accommodations: tuple[str, ...] = ()


COORDINATORS = (
    Member(COORDINATOR, "Hélène", "Vasseur"),
    Member(COORDINATOR2, "Marc", "Thibaud"),
)
EVALUATORS = (
    Member(EVALUATOR, "Sarah", "Whitcombe"),
    Member(EVALUATOR2, "Daniel", "Okafor"),
    Member(SENIOR, "Margaret", "Ellison"),
)
MANAGERS = {
    ATELIER: Member(MANAGER, "Inès", "Moreau"),
    CAP: Member(MANAGER2, "Paul", "Lagarde"),
}

CAMILLE = Part(
    CANDIDATE, "Camille Rose", "Delaunay", Sex.FEMALE, date(1991, 4, 17), "Rennes", "35238",
    field=Field.SALES,
)  # fmt: skip
YANIS = Part(
    CANDIDATE_NEW, "Yanis", "Benali", Sex.MALE, date(1998, 11, 2), "Nantes", "44109",
    target=Level.B1, field=Field.LOGISTICS,
)  # fmt: skip
LEA = Part(
    CANDIDATE_BOOKING, "Léa Marie", "Fontaine", Sex.FEMALE, date(1987, 7, 29), "Vannes", "56260",
    field=Field.HOSPITALITY,
)  # fmt: skip
THOMAS = Part(
    "thomas.girard@candidats.example", "Thomas", "Girard", Sex.MALE, date(1984, 2, 11),
    "Lorient", "56121", field=Field.IT,
)  # fmt: skip
AICHA = Part(
    "aicha.diallo@candidats.example", "Aïcha", "Diallo", Sex.FEMALE, date(1995, 9, 5),
    "Le Mans", "72181", target=Level.C1, field=Field.HEALTH,
)  # fmt: skip
JULIEN = Part(
    "julien.peyret@candidats.example", "Julien Marc", "Peyret", Sex.MALE, date(1979, 12, 20),
    "Angers", "49007", target=Level.B1, field=Field.SALES,
)  # fmt: skip
MANON = Part(
    "manon.leroux@candidats.example", "Manon", "Leroux", Sex.FEMALE, date(2000, 3, 8),
    "Brest", "29019", target=Level.B1, field=Field.ADMINISTRATION, used_name="Leroux-Kerdoncuff",
)  # fmt: skip
KARIM = Part(
    "karim.haddad@candidats.example", "Karim", "Haddad", Sex.MALE, date(1990, 6, 14),
    "Saint-Nazaire", "44184", field=Field.FINANCE,
)  # fmt: skip
SOFIA = Part(
    "sofia.mendes@candidats.example", "Sofia", "Mendes", Sex.FEMALE, date(1993, 10, 25),
    "Porto", "", country="PT", field=Field.HOSPITALITY,
)  # fmt: skip
HUGO = Part(
    "hugo.renard@candidats.example", "Hugo", "Renard", Sex.MALE, date(1996, 1, 30),
    "Tours", "37261", target=Level.B1, time_factor=4 / 3,
    accommodations=("un tiers de temps en plus", "consignes écrites en grands caractères"),
)  # fmt: skip
ELODIE = Part(
    "elodie.marchand@candidats.example", "Élodie", "Marchand", Sex.FEMALE, date(1989, 5, 3),
    "Quimper", "29232", organisation=CAP, target=Level.A2,
)  # fmt: skip
NICOLAS = Part(
    "nicolas.petit@candidats.example", "Nicolas", "Petit", Sex.MALE, date(1982, 8, 19),
    "Laval", "53130", organisation=CAP, field=Field.IT,
)  # fmt: skip
CLAIRE = Part(
    "claire.aubry@candidats.example", "Claire", "Aubry", Sex.FEMALE, date(1975, 3, 27),
    "Caen", "14118", organisation=CAP, target=Level.B1,
)  # fmt: skip
CHLOE = Part(
    "chloe.marchal@candidats.example", "Chloé Anne", "Marchal", Sex.FEMALE, date(1994, 5, 18),
    "Vitré", "35360", field=Field.FINANCE,
)  # fmt: skip
# Each further oral of a demo needs somebody for whom it starts now.
UNDERSTUDIES = (
    Part(
        "alix.morvan@candidats.example", "Alix", "Morvan", Sex.FEMALE, date(1992, 2, 24),
        "Rennes", "35238", field=Field.IT,
    ),
    Part(
        "bastien.roy@candidats.example", "Bastien", "Roy", Sex.MALE, date(1986, 9, 12),
        "Nantes", "44109",
    ),
    Part(
        "nora.lambert@candidats.example", "Nora", "Lambert", Sex.FEMALE, date(1997, 12, 1),
        "Vannes", "56260", field=Field.FINANCE,
    ),
    Part(
        "simon.baudry@candidats.example", "Simon", "Baudry", Sex.MALE, date(1990, 7, 7),
        "Angers", "49007", field=Field.SALES,
    ),
)  # fmt: skip
