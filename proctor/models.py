"""Equipment checks and identity checks of a candidacy, for both parts of the exam."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base


class EquipmentVerdict(StrEnum):
    """What the equipment test came to."""

    READY = "ready"
    FAIR = "fair"  # it will do; something could be better
    BLOCKED = "blocked"


class EquipmentCheck(Base):
    """One run of the equipment test, by a candidate or by an evaluator."""

    __tablename__ = "equipment_check"
    __table_args__ = (Index("ix_equipment_check_user_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    candidacy_id: Mapped[int | None] = mapped_column(ForeignKey("candidacy.id"), index=True)
    at: Mapped[datetime]
    verdict: Mapped[EquipmentVerdict]
    facts: Mapped[dict[str, Any]]  # browser, camera, microphone, sound, network: state and figures


class IdentityState(StrEnum):
    """What the evaluator decided about the document."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class DocumentType(StrEnum):
    """The kinds of identity document that are accepted."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    DRIVING_LICENCE = "driving_licence"


class IdentityCheck(Base):
    """That somebody looked at a document: who, when, its kind and expiry. The picture dies soon."""

    __tablename__ = "identity_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    state: Mapped[IdentityState] = mapped_column(default=IdentityState.PENDING)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime | None]
    document_type: Mapped[DocumentType | None]
    document_expiry: Mapped[date | None]
    agrees: Mapped[list[str]] = mapped_column(
        default=list
    )  # birth_name, first_names, birth_date, face
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    picture_requested_at: Mapped[datetime | None]
    picture_key: Mapped[str | None]
    picture_taken_at: Mapped[datetime | None]
    picture_purged_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
