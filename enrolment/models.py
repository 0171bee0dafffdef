"""Certifications on offer, candidates, candidacies, their moves and gates, calls for help."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.declared import AccessMode, Initiative, OptionalEnum, Sex
from kernel.db import Base
from kernel.levels import Level
from people.languages import Language
from people.models import Organisation, User


def plain(text: str) -> str:
    """Return `text` in lower case without accents, as names are searched."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).strip()


def called(first_names: str) -> str:
    """Return the first of several first names: before a comma if there are any, else a blank."""
    first = re.split(r"[,،、;]", first_names, maxsplit=1)
    return first[0].strip() if len(first) > 1 else next(iter(first_names.split()), "")


class Stage(StrEnum):
    """Where a candidacy stands on its way."""

    ENROLLED = "enrolled"  # no oral placed yet
    BOOKED = "booked"  # an oral is placed
    IN_ORAL = "in_oral"  # the interview has been opened
    MARKING = "marking"  # the interview has ended, marks are awaited
    COMPLETE = "complete"  # marks and written level are there: a coordinator may validate
    VALIDATED = "validated"  # documents have gone out
    SUSPENDED = "suspended"  # an incident awaits the coordinator
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


BEFORE_ORAL: Final = (Stage.ENROLLED, Stage.BOOKED)
"""No room was opened yet: its hour may be chosen or moved, and a written test sat."""
ENDED: Final = (Stage.VALIDATED, Stage.WITHDRAWN, Stage.EXPIRED)
"""Nobody has anything to do about these any more, unless they are opened again."""


class GateKind(StrEnum):
    """What one instrument tells the others about a candidacy."""

    EQUIPMENT = "equipment"
    IDENTITY = "identity"
    WRITTEN_RESULT = "written_result"
    MARKS = "marks"
    WITHHELD = "hold"  # as its rows have said since the first
    DEMO_TEST = "demo_test"  # the mini test that shows how questions are answered
    PROCTORING = "proctoring"  # shut: undecided or void, the written result does not count yet


ALWAYS_REQUIRED: Final = (GateKind.WRITTEN_RESULT, GateKind.MARKS)
"""Without these no verdict can be computed, whatever else a certification requires."""


SECOND_FOR: Final = ("boundary", "discrepancy", "rater", "incident", "sample")
"""Reasons for a second marking; a certification asks for all of them unless it says otherwise."""


def _not_said() -> None:
    """Stand for a value that nobody gave: a statement without ORM writes it as well."""


def _always_required() -> list[str]:
    return [str(kind) for kind in ALWAYS_REQUIRED]


class Certification(Base):
    """A certification on offer, in one language."""

    __tablename__ = "certification"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    language: Mapped[Language]
    rubric_id: Mapped[int | None]
    policy: Mapped[str] = mapped_column(default="default-1")  # of those enrolled from now on
    content_set: Mapped[str] = mapped_column(default="")  # of its orals; "": the product's newest
    required_gates: Mapped[list[str]] = mapped_column(default=_always_required)
    part_soft_s: Mapped[list[Any]] = mapped_column(default=lambda: [240, 420, 420])
    part_hard_s: Mapped[list[Any]] = mapped_column(default=lambda: [300, 480, 420])
    slot_minutes: Mapped[int] = mapped_column(default=20)  # the oral; each evaluator adds marking
    booking_notice_hours: Mapped[int] = mapped_column(default=24)  # before the oral, at the least
    moving_notice_hours: Mapped[int] = mapped_column(default=24)
    window_days: Mapped[int] = mapped_column(default=31)
    absence_minutes: Mapped[int] = mapped_column(default=10)
    pause_minutes: Mapped[int] = mapped_column(default=10)  # lost connections stop an oral's time
    rebooking_days: Mapped[int] = mapped_column(default=14)  # left, at least, after our failure
    results_days: Mapped[int] = mapped_column(default=10)  # after the oral, at the most
    # For which reasons (of `results.risks`) an oral is marked a second time, and by when.
    second_for: Mapped[list[str]] = mapped_column(default=lambda: list(SECOND_FOR))
    second_share: Mapped[int] = mapped_column(default=10)  # per cent drawn by lot
    second_days: Mapped[int] = mapped_column(default=5)  # after it was asked for
    second_new_below: Mapped[int] = mapped_column(default=10)  # orals marked: who is new
    second_key: Mapped[str] = mapped_column(default=lambda: token_hex(16))  # of the lot
    active: Mapped[bool] = mapped_column(default=True)

    registrations: Mapped[list[Registration]] = relationship(back_populates="certification")

    def name(self, locale: str) -> str:
        """Return the certification's name in `locale`."""
        return self.name_en if locale == "en" else self.name_fr

    def results_by(self, after: datetime) -> datetime:
        """Return the moment whose day is the last on which results are expected."""
        return after + timedelta(days=self.results_days)


class Registration(Base):
    """The register's number of a certification, from a day to a day; chosen by the exam's date."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    number: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    certification: Mapped[Certification] = relationship(back_populates="registrations")


class Candidate(Base):
    """Somebody whom an organisation enrols: an account and the identity that documents bear."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    birth_name: Mapped[str]
    used_name: Mapped[str] = mapped_column(default="")
    first_names: Mapped[str]
    sex: Mapped[Sex]
    birth_date: Mapped[date]
    birth_commune_code: Mapped[str] = mapped_column(default="")
    birth_place: Mapped[str] = mapped_column(default="")
    birth_country: Mapped[str] = mapped_column(default="FR")
    search: Mapped[str] = mapped_column(default="", index=True)

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def name(self) -> str:
        """Return first name and used (or birth) name, as one would address them."""
        return f"{called(self.first_names)} {self.used_name or self.birth_name}".strip()


@event.listens_for(Candidate, "before_insert")
@event.listens_for(Candidate, "before_update")
def _keep_searchable(_mapper: object, _connection: object, candidate: Candidate) -> None:
    names = (candidate.birth_name, candidate.used_name, candidate.first_names)
    candidate.search = plain(" ".join(name for name in names if name))


class IdentityCorrection(Base):
    """What an identity field was before somebody corrected it."""

    __tablename__ = "identity_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class Candidacy(Base):
    """One candidate's way to one certification."""

    __tablename__ = "candidacy"
    __table_args__ = (
        CheckConstraint("window_end > window_start", "window"),
        CheckConstraint("time_factor >= 1 AND time_factor <= 3", "time_factor"),
        Index("ix_candidacy_organisation_stage", "organisation_id", "stage"),
        Index("ix_candidacy_stage", "stage"),
        Index("ix_candidacy_newest", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    field: Mapped[str] = mapped_column(default="general")
    target_level: Mapped[Level]
    stage: Mapped[Stage] = mapped_column(default=Stage.ENROLLED)
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    at_once: Mapped[bool] = mapped_column(default=False)  # sent back by a failure of ours
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    time_factor: Mapped[float] = mapped_column(default=1.0)
    accommodations: Mapped[list[str]] = mapped_column(default=list)
    accommodation_note: Mapped[str] = mapped_column(default="")

    cpf_dossier: Mapped[str] = mapped_column(default="")
    access_mode: Mapped[AccessMode | None] = mapped_column(
        OptionalEnum(AccessMode), nullable=False, default=_not_said
    )
    initiative: Mapped[Initiative | None] = mapped_column(
        OptionalEnum(Initiative), nullable=False, default=_not_said
    )
    enrolled_on: Mapped[date | None]
    required_gates: Mapped[list[str]] = mapped_column(default=_always_required)  # as at enrolment
    policy: Mapped[str] = mapped_column(default="default-1")  # as at enrolment: it decides

    candidate: Mapped[Candidate] = relationship()
    organisation: Mapped[Organisation] = relationship()
    certification: Mapped[Certification] = relationship()

    @property
    def last_moment(self) -> datetime:
        """Return the last second of the access window, whose day people are told."""
        return self.window_end - timedelta(seconds=1)

    moves: Mapped[list[CandidacyMove]] = relationship(order_by="CandidacyMove.id")
    gates: Mapped[list[Gate]] = relationship(order_by="Gate.id")


class CandidacyMove(Base):
    """One step of a candidacy from a stage to another."""

    __tablename__ = "candidacy_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    from_stage: Mapped[Stage]
    to_stage: Mapped[Stage]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class Gate(Base):
    """The last word of one instrument about a candidacy."""

    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("candidacy_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    kind: Mapped[GateKind]
    open: Mapped[bool]
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(default="")


class ExtensionRequest(Base):
    """A candidate asks their organisation for more time to sit the oral, or is given it unasked."""

    __tablename__ = "extension_request"
    __table_args__ = (Index("ix_extension_request_candidacy", "candidacy_id", "decided_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    asked_at: Mapped[datetime]
    by_candidate: Mapped[bool] = mapped_column(default=True)  # False: nobody asked
    words: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    granted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")
    window_end: Mapped[datetime | None]  # the new one, when granted

    candidacy: Mapped[Candidacy] = relationship()


class SupportMessage(Base):
    """A call for help from a candidate, with the state that the page attached."""

    __tablename__ = "support_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    words: Mapped[str]
    state: Mapped[dict[str, Any]]  # page, browser, step, seconds left: what helps to help
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(default="")

    candidacy: Mapped[Candidacy] = relationship()
