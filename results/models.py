"""Policies, what a jury decides, verdicts with what they used, and the documents that bear them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.models import Candidacy
from kernel.db import Base
from kernel.levels import Level
from kernel.published import Published
from kernel.runs import Run
from people.drafts import Draft
from people.languages import Language
from people.models import User
from rubrics.models import Performance, RaterRole, Rubric, Scoresheet
from written_test.models import WrittenResult


class PolicyRow(Published, Base):
    """A published policy, as `results.policies` reads it; nothing edits it later."""

    __tablename__ = "policy"

    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # not JSONB: criteria keep their order
    published_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: came with the product

    by: Mapped[User | None] = relationship()


class PolicyDraft(Draft, Base):
    """A policy that somebody is still writing: nobody is decided by it."""

    __tablename__ = "policy_draft"

    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # as of a published one


class PolicyTrial(Run, Base):
    """A policy tried on the verdicts given so far, which stay what they are."""

    __tablename__ = "policy_trial"

    name: Mapped[str] = mapped_column(index=True)  # of the policy, published or not
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of `results.trials`

    asked_by: Mapped[User] = relationship()


class Deliberation(Base):
    """One meeting of a jury: who was there, and from when to when; it has minutes once closed."""

    __tablename__ = "deliberation"

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[Language | None]  # None: of every language
    present: Mapped[list[str]]  # names, as those who open it say them
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    decisions: Mapped[list[JuryDecision]] = relationship(
        back_populates="deliberation", order_by="JuryDecision.id"
    )


class JuryAct(StrEnum):
    """What a member of the jury decides of a result."""

    APPROVE = "approve"  # it may go out, as it was read
    WITHHOLD = "withhold"  # it stays here, for a reason, until somebody lifts that
    RETURN = "return"  # its marks go back to whoever gave them, for a reason


class JuryEnd(StrEnum):
    """Why a decision does not stand any more."""

    VALIDATED = "validated"  # the result it approved went out
    TAKEN_BACK = "taken_back"
    CHANGED = "changed"  # the result is not the one that was read
    WITHHELD = "withheld"  # somebody withholds it now
    RETURNED = "returned"  # its marks went back
    LIFTED = "lifted"  # it is not withheld any more
    DONE = "done"  # it asked for one thing, which was done at once


STANDING: Final = text("ended_at IS NULL AND act = 'approve'")
WITHHELD: Final = text("ended_at IS NULL AND act = 'withhold'")


class JuryDecision(Base):
    """What one member of the jury decided of one candidacy's result; it is ended, never edited."""

    __tablename__ = "jury_decision"
    __table_args__ = (
        Index(
            "uq_jury_decision_approval",
            "candidacy_id",
            "by_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index(
            "uq_jury_decision_withheld",
            "candidacy_id",
            unique=True,
            sqlite_where=WITHHELD,
            postgresql_where=WITHHELD,
        ),
        Index("ix_jury_decision_candidacy", "candidacy_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    deliberation_id: Mapped[int | None] = mapped_column(ForeignKey("deliberation.id"), index=True)
    act: Mapped[JuryAct]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(default="")  # of the verdict that was approved
    level: Mapped[Level | None]  # the overall level that was approved
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[JuryEnd | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    candidacy: Mapped[Candidacy] = relationship()
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    deliberation: Mapped[Deliberation | None] = relationship(back_populates="decisions")


class VerdictRow(Base):
    """What a candidacy came to, under which policy, explained step by step."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("candidacy_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    version: Mapped[int] = mapped_column(default=1)
    policy: Mapped[str] = mapped_column(ForeignKey("policy.name"))
    inputs: Mapped[dict[str, Any]]
    digest: Mapped[str]
    oral: Mapped[Level]
    written: Mapped[Level]
    overall: Mapped[Level]
    target: Mapped[Level]
    certified: Mapped[bool]
    criteria: Mapped[dict[str, Any]]  # published level of each criterion, None: not assessable
    explanation: Mapped[list[Any]]
    validated_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    validated_at: Mapped[datetime]

    candidacy: Mapped[Candidacy] = relationship()
    documents: Mapped[list[Document]] = relationship(
        back_populates="verdict", order_by="Document.id"
    )
    used: Mapped[list[VerdictInput]] = relationship(order_by="VerdictInput.id")


class InputKind(StrEnum):
    """What a verdict was made from."""

    SCORESHEET = "scoresheet"
    WRITTEN_RESULT = "written_result"
    POLICY = "policy"
    RUBRIC = "rubric"  # the version of the grid that was marked with
    TARGET = "target"
    WATCH = "watch"  # what was decided of the watch over the written test
    BASIS = "basis"  # whose marks count (`results.marks.Basis`)


_POINTERS: Final = ("scoresheet", "written_result", "policy", "rubric")


class VerdictInput(Base):
    """One thing that a verdict used: the row itself, in its version, or a value.

    Pages about the past read what stands here, never the latest of its kind.
    """

    __tablename__ = "verdict_input"
    __table_args__ = (
        Index("ix_verdict_input_verdict", "verdict_id", "kind"),
        *(
            CheckConstraint(f"(kind = '{kind}') = ({kind}_id IS NOT NULL)", kind)
            for kind in _POINTERS
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"))
    kind: Mapped[InputKind]
    role: Mapped[RaterRole | None]  # of a scoresheet
    version: Mapped[int | None]
    value: Mapped[str] = mapped_column(default="")
    scoresheet_id: Mapped[int | None] = mapped_column(ForeignKey("scoresheet.id"))
    written_result_id: Mapped[int | None] = mapped_column(ForeignKey("written_result.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    rubric_id: Mapped[int | None] = mapped_column(ForeignKey("rubric.id"))

    scoresheet: Mapped[Scoresheet | None] = relationship()
    written_result: Mapped[WrittenResult | None] = relationship()
    policy: Mapped[PolicyRow | None] = relationship()
    rubric: Mapped[Rubric | None] = relationship()


class SecondMarking(Base):
    """That a performance is to be marked a second time, for which reasons.

    No mark of it counts without a second one, unless a coordinator gave that up, and said why.
    """

    __tablename__ = "second_marking"

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), unique=True)
    risks: Mapped[list[Any]]  # as `results.risks.Risk` writes them
    asked_at: Mapped[datetime]
    given_up_at: Mapped[datetime | None]
    given_up_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    given_up_reason: Mapped[str] = mapped_column(default="")

    performance: Mapped[Performance] = relationship()
    given_up_by: Mapped[User | None] = relationship()


class Document(Base):
    """One document that went out, with the code by which anybody verifies it."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # of `results.kinds`
    code: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str]
    storage_key: Mapped[str | None]  # set once the file has been made
    sha256: Mapped[str | None]
    claim: Mapped[str | None]  # whose turn it is to make the file, see `results.making`
    claimed_until: Mapped[datetime | None]
    statement: Mapped[dict[str, Any] | None]  # what it states, as `results.stating` keeps it
    template: Mapped[int] = mapped_column(default=1, server_default="1")  # its version
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of its bytes
    missing_at: Mapped[datetime | None] = mapped_column(index=True)  # its file was not there
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(default="")

    verdict: Mapped[VerdictRow] = relationship(back_populates="documents")
