"""Verdicts and the documents that bear them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.models import Candidacy
from kernel.db import Base
from kernel.levels import Level


class VerdictRow(Base):
    """What a candidacy came to, under which policy, explained step by step."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("candidacy_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    version: Mapped[int] = mapped_column(default=1)
    policy: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    digest: Mapped[str]
    oral: Mapped[Level]
    written: Mapped[Level]
    overall: Mapped[Level]
    target: Mapped[Level]
    certified: Mapped[bool]
    criteria: Mapped[dict[str, Any]]  # published level of each criterion, None: not assessable
    explanation: Mapped[list[Any]]
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"))
    validated_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    validated_at: Mapped[datetime]

    candidacy: Mapped[Candidacy] = relationship()
    documents: Mapped[list[Document]] = relationship(back_populates="verdict")


class DocumentKind(StrEnum):
    """What is handed to a candidate."""

    ATTESTATION = "attestation"
    CERTIFICATE = "certificate"


class Document(Base):
    """One PDF that went out, with the code by which anybody verifies it."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"), index=True)
    kind: Mapped[DocumentKind]
    code: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str]
    storage_key: Mapped[str | None]  # set once the file has been made
    sha256: Mapped[str | None]
    claim: Mapped[str | None]  # whose turn it is to make the file, see `results.making`
    claimed_until: Mapped[datetime | None]
    statement: Mapped[dict[str, Any] | None]  # what it states, as `results.stating` keeps it
    template: Mapped[int] = mapped_column(default=1, server_default="1")  # drawn by this version
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of its bytes
    missing_at: Mapped[datetime | None] = mapped_column(index=True)  # its file was not there
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(default="")

    verdict: Mapped[VerdictRow] = relationship(back_populates="documents")
