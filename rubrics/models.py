"""Rubrics as data, performances, who rates them, scoresheets with their marks and notes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base
from kernel.published import Published
from people.drafts import Draft
from people.languages import Language
from people.models import User


class Rubric(Published, Base):
    """One version of a grid; once published it is never edited."""

    __tablename__ = "rubric"

    published_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any]]  # as `rubrics.library` reads it: criteria, bands, descriptors
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: came with the product

    by: Mapped[User | None] = relationship()


class GridDraft(Draft, Base):
    """A grid that somebody is still writing: nothing is marked with it."""

    __tablename__ = "grid_draft"


class PerformanceKind(StrEnum):
    """What is being marked."""

    INTERVIEW = "interview"
    BENCHMARK = "benchmark"


class Performance(Base):
    """The thing marked: an interview, or a benchmark recording."""

    __tablename__ = "performance"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PerformanceKind]
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    language: Mapped[Language]
    candidacy_id: Mapped[int | None] = mapped_column(ForeignKey("candidacy.id"), index=True)
    created_at: Mapped[datetime]

    rubric: Mapped[Rubric] = relationship()
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="performance", order_by="Assignment.id"
    )
    scoresheets: Mapped[list[Scoresheet]] = relationship(back_populates="performance")


class RaterRole(StrEnum):
    """In what capacity somebody marks."""

    FIRST = "first"
    SECOND = "second"
    ADJUDICATOR = "adjudicator"


class AssignmentReason(StrEnum):
    """Why somebody is asked to rate a performance."""

    CONDUCTS = "conducts"  # they conduct the interview, and mark it
    BOUNDARY = "boundary"  # the mean lies near a level that decides
    DISCREPANCY = "discrepancy"  # oral and written lie a level apart or more
    RATER = "rater"  # the first rater is new, or drifts
    INCIDENT = "incident"  # something disturbed the oral
    SAMPLE = "sample"  # drawn by lot
    COORDINATOR = "coordinator"  # somebody of the certifier asks for it; the note says why
    DISAGREEMENT = "disagreement"  # two raters differ: a third decides
    CALIBRATION = "calibration"  # a benchmark recording, which many rate


class Mode(StrEnum):
    """What somebody rates from: marks of different modes are never compared without saying so."""

    LIVE = "live"  # while it is held
    RECORDED = "recorded"  # from its recording, with the picture
    SOUND = "sound"  # from its recording, whose picture is lost


STANDS: Final = text("withdrawn_at IS NULL")
STANDS_ALONE: Final = text("withdrawn_at IS NULL AND reason <> 'calibration'")


class Assignment(Base):
    """Who rates a performance, in which role, why and until when; no sheet is without one.

    It stands until it is withdrawn. Nobody rates one performance in two roles, and one person at
    a time has each role of an interview.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        # What a sheet repeats of its assignment, its foreign key holds to it.
        UniqueConstraint("id", "performance_id", "rater_id", "role"),
        Index(
            "uq_assignment_rater",
            "performance_id",
            "rater_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index(
            "uq_assignment_role",
            "performance_id",
            "role",
            unique=True,
            sqlite_where=STANDS_ALONE,
            postgresql_where=STANDS_ALONE,
        ),
        Index("ix_assignment_rater", "rater_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[RaterRole]
    reason: Mapped[AssignmentReason]
    mode: Mapped[Mode] = mapped_column(default=Mode.RECORDED)
    note: Mapped[str] = mapped_column(default="")  # more of why, in words
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))

    performance: Mapped[Performance] = relationship(back_populates="assignments")
    rater: Mapped[User] = relationship(foreign_keys=[rater_id])

    @property
    def stands(self) -> bool:
        """Tell whether its rater is still asked."""
        return self.withdrawn_at is None


class SheetState(StrEnum):
    """Whether a scoresheet may still be written."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"  # a corrected version took its place; kept for ever


class Scoresheet(Base):
    """One rater's marks of one performance; a correction is a new version of it."""

    __tablename__ = "scoresheet"
    __table_args__ = (
        UniqueConstraint("assignment_id", "version"),
        ForeignKeyConstraint(
            ["assignment_id", "performance_id", "rater_id", "role"],
            [
                "assignment.id",
                "assignment.performance_id",
                "assignment.rater_id",
                "assignment.role",
            ],
            name="fk_scoresheet_assignment",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int]
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[RaterRole]
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[SheetState] = mapped_column(default=SheetState.DRAFT)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("scoresheet.id"))
    reason: Mapped[str] = mapped_column(default="")  # why a corrected version was opened
    comment: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)  # grows at every change of a mark or note

    assignment: Mapped[Assignment] = relationship(
        primaryjoin="Scoresheet.assignment_id == Assignment.id",
        foreign_keys="Scoresheet.assignment_id",
        viewonly=True,
    )
    performance: Mapped[Performance] = relationship(back_populates="scoresheets")
    rater: Mapped[User] = relationship()
    marks: Mapped[list[Mark]] = relationship(back_populates="scoresheet", order_by="Mark.id")
    notes: Mapped[list[Note]] = relationship(back_populates="scoresheet", order_by="Note.second")
    standing: Mapped[list[Operation]] = relationship(
        primaryjoin="and_(Scoresheet.id == Operation.scoresheet_id, Operation.stands)",
        order_by="Operation.seq",
        viewonly=True,
    )


class Mark(Base):
    """The mark of one criterion: thirds of a level (2 to 18), or not assessable with a reason."""

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "criterion"),
        CheckConstraint("thirds IS NULL OR (thirds >= 2 AND thirds <= 18)", "scale"),
        CheckConstraint("thirds IS NULL OR not_assessable = false", "one_or_other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"))
    criterion: Mapped[str]
    thirds: Mapped[int | None]
    not_assessable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    nothing_to_add: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]

    scoresheet: Mapped[Scoresheet] = relationship(back_populates="marks")


class Note(Base):
    """Evidence: a text bound to a part and a second of the recording, maybe to a criterion."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "client_id"),
        Index("ix_note_scoresheet", "scoresheet_id", "second"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"))
    client_id: Mapped[str]  # made by the browser, so that sending twice keeps one
    criterion: Mapped[str | None]
    part: Mapped[int | None]
    second: Mapped[float | None]
    text: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    scoresheet: Mapped[Scoresheet] = relationship(back_populates="notes")


class Kind(StrEnum):
    """What an operation writes."""

    LEVEL = "level"  # the value of a criterion, or that it is not assessable and why
    NOTHING = "nothing"  # whether there is « nothing to add » to a criterion
    NOTE = "note"  # the whole of a note: a new one, or other words, place or criterion
    REMOVAL = "removal"  # a note is taken away


class Operation(Base):
    """One change of a scoresheet, made in a browser and applied once; nothing edits it later.

    `seq` is the sheet's revision that it made: the server's order, the only one. `base` is the
    revision that its author saw, `after` the author's own operation that it follows on the same
    cell before the server knew that one. What it saw, it replaces; what it did not see stands
    beside it until somebody chooses.
    """

    __tablename__ = "sheet_operation"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "client_id"),
        UniqueConstraint("scoresheet_id", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"))
    client_id: Mapped[str]  # made by the browser, so that sending twice applies once
    seq: Mapped[int]
    kind: Mapped[Kind]
    place: Mapped[str]  # the criterion, or the note that it came to
    value: Mapped[dict[str, Any]]
    base: Mapped[int]
    after: Mapped[str] = mapped_column(default="")
    stands: Mapped[bool]  # nobody who saw it wrote over it
    made_at: Mapped[datetime | None]  # as the browser's clock told; orders nothing
    received_at: Mapped[datetime]
