"""Results of the written part; the adaptive test that produces them comes beside."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base
from kernel.levels import Level


class Source(StrEnum):
    """Where a written result comes from."""

    COORDINATOR = "coordinator"  # entered by hand


class WrittenResult(Base):
    """One version of a candidacy's written result; the highest version is in force."""

    __tablename__ = "written_result"
    __table_args__ = (UniqueConstraint("candidacy_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    version: Mapped[int] = mapped_column(default=1)
    level: Mapped[Level]
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[Source] = mapped_column(default=Source.COORDINATOR)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
