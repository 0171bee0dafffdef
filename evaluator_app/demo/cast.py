"""Who is in the demo. Every person, organisation and number here is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrolment.declared import Sex
from enrolment.fields import Field
from kernel.levels import Level
from people.languages import Language

ATELIER = "Atelier Passerelle"
CAP = "Cap Langues Ouest"

COORDINATOR = "helene.vasseur@horizon.example"
COORDINATOR2 = "marc.thibaud@horizon.example"
EVALUATOR = "sarah.whitcombe@evaluateurs.example"
EVALUATOR2 = "daniel.okafor@evaluateurs.example"
SENIOR = "margaret.ellison@evaluateurs.example"
EVALUATOR_FLE = "moussa.traore@evaluateurs.example"
EVALUATOR_DE = "clemence.aubert@evaluateurs.example"
EVALUATOR_ES = "lucia.ferrer@evaluateurs.example"
MANAGER = "ines.moreau@atelier-passerelle.example"
MANAGER2 = "paul.lagarde@cap-langues.example"

CANDIDATE = "camille.delaunay@candidats.example"
CANDIDATE_NEW = "yanis.benali@candidats.example"
CANDIDATE_BOOKING = "lea.fontaine@candidats.example"
CANDIDATE_FLE_NEW = "diego.salazar@candidats.example"


@dataclass(frozen=True)
class Offered:
    """A certification that is on offer."""

    code: str
    registration: str
    name_fr: str
    name_en: str


OFFERED = {
    Language.EN: Offered(
        "PASS-EN",
        "DEMO-2026-EN",
        "Passerelle anglais professionnel",
        "Passerelle Professional English",
    ),
    Language.FR: Offered(
        "PASS-FLE",
        "DEMO-2026-FLE",
        "Passerelle français langue étrangère",
        "Passerelle French as a Foreign Language",
    ),
    Language.DE: Offered(
        "PASS-DE",
        "DEMO-2026-DE",
        "Passerelle allemand professionnel",
        "Passerelle Professional German",
    ),
    Language.ES: Offered(
        "PASS-ES",
        "DEMO-2026-ES",
        "Passerelle espagnol professionnel",
        "Passerelle Professional Spanish",
    ),
    Language.IT: Offered(
        "PASS-IT",
        "DEMO-2026-IT",
        "Passerelle italien professionnel",
        "Passerelle Professional Italian",
    ),
}


@dataclass(frozen=True)
class Member:
    """A member of staff."""

    email: str
    given_name: str
    family_name: str
    locale: str = "fr"
    languages: tuple[Language, ...] = (Language.EN,)  # that an evaluator may examine in


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
    language: Language = Language.EN


@dataclass(frozen=True)
class Oral:
    """An oral that starts now at each start, for the first of the candidates that has none yet."""

    evaluator: str
    candidates: tuple[Part, ...]
    written: Level = Level.B2


COORDINATORS = (
    Member(COORDINATOR, "Hélène", "Vasseur"),
    Member(COORDINATOR2, "Marc", "Thibaud"),
)
EVALUATORS = (
    Member(EVALUATOR, "Sarah", "Whitcombe"),
    Member(EVALUATOR2, "Daniel", "Okafor"),
    Member(SENIOR, "Margaret", "Ellison"),
    Member(EVALUATOR_FLE, "Moussa", "Traoré", languages=(Language.FR,)),
    Member(EVALUATOR_DE, "Clémence", "Aubert", languages=(Language.FR, Language.DE)),
    Member(
        EVALUATOR_ES,
        "Lucía",
        "Ferrer",
        languages=(Language.ES, Language.IT, Language.DE),
    ),
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
OLENA = Part(
    "olena.bondar@candidats.example", "Olena", "Bondar", Sex.FEMALE, date(1988, 6, 9),
    "Lviv", "", country="UA", target=Level.B1, field=Field.SALES, language=Language.FR,
)  # fmt: skip
DIEGO = Part(
    CANDIDATE_FLE_NEW, "Diego", "Salazar", Sex.MALE, date(1999, 3, 22), "Bogotá", "",
    country="CO", target=Level.A2, field=Field.HOSPITALITY, language=Language.FR,
)  # fmt: skip
LUCAS = Part(
    "lucas.garnier@candidats.example", "Lucas", "Garnier", Sex.MALE, date(1985, 10, 2),
    "Toulouse", "31555", field=Field.HOSPITALITY, language=Language.ES,
)  # fmt: skip
ALICE = Part(
    "alice.perrin@candidats.example", "Alice", "Perrin", Sex.FEMALE, date(1993, 1, 16),
    "Nice", "06088", target=Level.B1, field=Field.SALES, language=Language.IT,
)  # fmt: skip
FRENCH = (
    Part(
        "amira.haddadi@candidats.example", "Amira", "Haddadi", Sex.FEMALE, date(1990, 8, 13),
        "Tunis", "", country="TN", target=Level.B1, field=Field.HEALTH, language=Language.FR,
    ),
    Part(
        "mai.nguyen@candidats.example", "Mai", "Nguyen", Sex.FEMALE, date(1996, 5, 4),
        "Hanoï", "", country="VN", target=Level.B1, field=Field.HOSPITALITY, language=Language.FR,
    ),
    Part(
        "oleksandr.kovalenko@candidats.example", "Oleksandr", "Kovalenko", Sex.MALE,
        date(1983, 11, 27), "Kyiv", "", country="UA", target=Level.B2, language=Language.FR,
    ),
)  # fmt: skip
GERMAN = (
    Part(
        "bertrand.keller@candidats.example", "Bertrand", "Keller", Sex.MALE, date(1981, 4, 30),
        "Strasbourg", "67482", field=Field.SALES, language=Language.DE,
    ),
    Part(
        "ines.schmitt@candidats.example", "Inès", "Schmitt", Sex.FEMALE, date(1994, 9, 8),
        "Colmar", "68066", field=Field.HOSPITALITY, language=Language.DE,
    ),
    Part(
        "paul.werner@candidats.example", "Paul", "Werner", Sex.MALE, date(1989, 2, 19),
        "Metz", "57463", language=Language.DE,
    ),
)  # fmt: skip
ORALS_NOW = {
    Language.EN: Oral(EVALUATOR, (CAMILLE, *UNDERSTUDIES)),
    Language.FR: Oral(EVALUATOR_FLE, FRENCH, Level.B1),
    Language.DE: Oral(EVALUATOR_DE, GERMAN),
}
