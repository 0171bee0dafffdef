"""Rows of the raters' statistics: one study at a time, its figures and severities.

They are made from submitted sheets and can be made again: a study's rows go when the next is done.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base
from kernel.runs import Run
from people.languages import Language
from people.models import User


class Comparison(StrEnum):
    """How somebody came to their marks, and with whose they are compared; never mixed."""

    LIVE = "live"  # they conducted the oral; compared with those who marked its recording
    SECOND = "second"  # they marked the recording; compared with whoever conducted the oral
    BENCHMARK = "benchmark"  # a recording that many mark; compared with the others who did


class Period(StrEnum):
    """How far back figures go, from the study on."""

    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"


class Side(StrEnum):
    """Where to somebody's marking has moved."""

    LOWER = "lower"
    HIGHER = "higher"


class RaterStudy(Run, Base):
    """One making of all figures; `summary` holds by language what the Rasch model says of all."""

    __tablename__ = "rater_study"

    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the platform
    sheets: Mapped[int] = mapped_column(default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RaterFigures(Base):
    """What one evaluator's marks come to, beside colleagues', in one comparison and period."""

    __tablename__ = "rater_figures"
    __table_args__ = (UniqueConstraint("study_id", "rater_id", "language", "comparison", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("rater_study.id"))
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)  # None: all
    language: Mapped[Language]
    comparison: Mapped[Comparison]
    period: Mapped[Period]
    pairs: Mapped[int]  # performances that somebody else marked as well
    sheets: Mapped[int]  # all that they marked
    # `rubrics.raters.report` says what these hold.
    overall: Mapped[dict[str, Any]]
    criteria: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    profile: Mapped[dict[str, Any]]
    chart: Mapped[dict[str, Any]] = mapped_column(deferred=True)

    rater: Mapped[User | None] = relationship()


class RaterSeverity(Base):
    """One evaluator's severity by the many-facet Rasch model, a language apart."""

    __tablename__ = "rater_severity"
    __table_args__ = (UniqueConstraint("study_id", "rater_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("rater_study.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    language: Mapped[Language]
    subset: Mapped[int | None]  # those of one number can be compared; None: nothing is known
    severity: Mapped[float | None]  # logits, above 0: severe
    error: Mapped[float | None]
    infit: Mapped[float | None]
    outfit: Mapped[float | None]
    fair: Mapped[float | None]  # thirds, of the mean candidate of the subset
    shared: Mapped[int]  # performances that somebody else marked as well
    extreme: Mapped[bool]  # every mark the highest, or the lowest

    rater: Mapped[User] = relationship()
