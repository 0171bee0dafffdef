"""What the documents say, as plain values; everything is already in the document's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.levels import Level


@dataclass(frozen=True, slots=True)
class Person:
    """The identity that was checked, as the civil register writes it."""

    first_names: str
    birth_name: str
    birth_date: date
    used_name: str = ""
    birth_place: str = ""

    @property
    def full_name(self) -> str:
        """Return every first name, then the birth name."""
        return f"{self.first_names} {self.birth_name}".strip()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the oral profile; `level` is None where it could not be assessed."""

    name: str
    level: Level | None


@dataclass(frozen=True, slots=True)
class AttestationData:
    """The attestation of results: always given, whatever the levels.

    `locale` is the document's language, `language` the one that was examined (« anglais »).
    `registration` is the register's number on the day of the oral, or empty.
    """

    locale: str
    code: str
    issued_on: date
    certifier: str
    certification: str
    language: str
    organisation: str
    person: Person
    oral_on: date
    overall: Level
    written: Level
    oral: Level
    criteria: tuple[Criterion, ...]
    policy: str
    written_on: date | None = None
    skills: tuple[Criterion, ...] = ()  # of the written part, where they are known
    registration: str = ""
    sample: bool = False  # an example, marked as one across the page


@dataclass(frozen=True, slots=True)
class CertificateData:
    """The certificate: given when the target was reached; `level` is that target."""

    locale: str
    code: str
    issued_on: date
    certifier: str
    certification: str
    language: str
    organisation: str
    person: Person
    oral_on: date
    level: Level
    registration: str = ""
    sample: bool = False
