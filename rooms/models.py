"""The oral as rows: interview, parts, cards shown, chat, incidents, recording and talk time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base
from kernel.levels import Level
from kernel.published import Published
from kernel.runs import Run
from people.drafts import Draft
from people.languages import Language
from people.models import User
from proctor.models import IdentityCheck
from rubrics.models import Performance
from scheduling.models import Appointment


class InterviewState(StrEnum):
    """Where an interview stands."""

    PLANNED = "planned"  # nobody opened the room yet
    OPEN = "open"  # the evaluator is in the room; the candidate may wait
    IDENTITY = "identity"  # the candidate was admitted; the document is looked at
    READY = "ready"  # identity confirmed; « Commencer » comes next
    RUNNING = "running"  # one of the three parts
    ENDED = "ended"  # over; marks may be awaited
    ABORTED = "aborted"  # ended by an incident


class IncidentKind(StrEnum):
    """Why an oral was disturbed or ended."""

    IDENTITY_REFUSED = "identity_refused"
    TECHNICAL = "technical"
    CANDIDATE_ABSENT = "candidate_absent"
    EVALUATOR_ABSENT = "evaluator_absent"
    INTERRUPTION = "interruption"
    HELP_FROM_OTHERS = "help_from_others"
    BEHAVIOUR = "behaviour"
    OTHER = "other"


class Interview(Base):
    """The oral of one appointment."""

    __tablename__ = "interview"
    __table_args__ = (
        CheckConstraint("part IS NULL OR (part >= 1 AND part <= 3)", "part"),
        Index("ix_interview_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), unique=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), unique=True)
    identity_check_id: Mapped[int | None] = mapped_column(ForeignKey("identity_check.id"))
    # The one in force when its room was opened; before, when it was booked.
    content_set_id: Mapped[int] = mapped_column(ForeignKey("content_set.id"))
    state: Mapped[InterviewState] = mapped_column(default=InterviewState.PLANNED)
    engine: Mapped[str] = mapped_column(default="native")
    room: Mapped[str] = mapped_column(unique=True)  # a random name; media knows nothing else
    part: Mapped[int | None]
    cards_level: Mapped[Level | None]  # picked by the evaluator after part 1
    opened_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # the candidate entered the waiting room
    admitted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)  # grows at every change that browsers show
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of `rooms.rules`, once it began

    appointment: Mapped[Appointment] = relationship()
    performance: Mapped[Performance] = relationship()
    identity_check: Mapped[IdentityCheck | None] = relationship()
    content_set: Mapped[ContentSet] = relationship()
    parts: Mapped[list[PartRun]] = relationship(order_by="PartRun.part")
    cards: Mapped[list[CardUse]] = relationship(order_by="CardUse.id")
    incidents: Mapped[list[Incident]] = relationship(order_by="Incident.id")


class PartRun(Base):
    """When one part ran; the timers are computed from these, never counted in a browser."""

    __tablename__ = "part_run"
    __table_args__ = (UniqueConstraint("interview_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"))
    part: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    paused_s: Mapped[float] = mapped_column(default=0.0)
    paused_at: Mapped[datetime | None]  # somebody's connection is lost since then


class ContentSet(Published, Base):
    """A published script with its cards: never edited, only followed by a next version."""

    __tablename__ = "content_set"

    language: Mapped[Language]
    script: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # as `rooms.library` reads it
    published_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: came with the product

    cards: Mapped[list[Card]] = relationship(order_by="Card.id")
    by: Mapped[User | None] = relationship()

    @property
    def of_product(self) -> bool:
        """Tell whether its name is one of those that the product's own sets bear."""
        return self.name == f"{self.language}-{self.version}"


class ContentDraft(Draft, Base):
    """A set that somebody is still writing: no oral is held with it."""

    __tablename__ = "content_draft"


class Card(Base):
    """A role-play or discussion card of a set, for one level and professional field."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("set_id", "code"),
        Index("ix_card_choice", "set_id", "part", "level", "field"),
        Index("ix_card_code", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("content_set.id"))
    code: Mapped[str]
    part: Mapped[int]
    level: Mapped[Level]
    field: Mapped[str]
    content: Mapped[dict[str, Any]]
    retired_at: Mapped[datetime | None]  # dealt no more since then; still read
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    retired_reason: Mapped[str] = mapped_column(default="")


class CardUse(Base):
    """That a card was dealt in an interview, and when the candidate saw it."""

    __tablename__ = "card_use"
    __table_args__ = (Index("ix_card_use_candidate", "candidate_id", "card_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    part: Mapped[int]
    dealt_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]  # the evaluator dealt another instead

    card: Mapped[Card] = relationship()


class ChatMessage(Base):
    """A line of text between the two people of an interview."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("interview_id", "author_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    client_id: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]

    author: Mapped[User] = relationship()


class Incident(Base):
    """Something that disturbed an oral, said by a person."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    kind: Mapped[IncidentKind]
    note: Mapped[str]
    fatal: Mapped[bool] = mapped_column(default=False)  # it ended the oral
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    part: Mapped[int | None]
    second: Mapped[float | None]
    read_at: Mapped[datetime | None]  # a coordinator has taken note of it
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DeviceClaim(Base):
    """Which browser of a participant is in the room now; a second one asks which goes on."""

    __tablename__ = "device_claim"
    __table_args__ = (UniqueConstraint("interview_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    device: Mapped[str]  # random name kept by the browser tab
    claimed_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    media_up: Mapped[bool] = mapped_column(default=False)
    quality: Mapped[dict[str, Any]] = mapped_column(default=dict)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("user_session.id"), index=True)
    lacks: Mapped[list[str]] = mapped_column(default=list)  # "audio", "video": what does not work


class Observation(Base):
    """That somebody of the certifier attends an oral in silence, from when to when, in one tab."""

    __tablename__ = "observation"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    peer: Mapped[str]  # what media calls that tab
    asked_at: Mapped[datetime]
    came_at: Mapped[datetime | None]  # when media first flowed to it
    seen_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    media_up: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship()


class RecordingState(StrEnum):
    """What became of a recording."""

    RUNNING = "running"
    MUXING = "muxing"  # stopped; files are being made ready to play
    READY = "ready"
    FAILED = "failed"
    PURGED = "purged"


class Recording(Base):
    """The recording of an interview, from « Commencer » on."""

    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)  # what media calls it
    state: Mapped[RecordingState] = mapped_column(default=RecordingState.RUNNING)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    manifest: Mapped[dict[str, Any] | None]  # as `rooms.media.manifest` writes it
    purge_after: Mapped[datetime | None]


class RecordingCopy(Run, Base):
    """An oral's recording in one file, to hand over: asked for by a coordinator, with a reason."""

    __tablename__ = "recording_copy"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]
    key: Mapped[str | None]  # in the storage, beside the recording: it goes with it
    size: Mapped[int | None]  # bytes

    interview: Mapped[Interview] = relationship()
    asked_by: Mapped[User] = relationship()


class TalkTime(Base):
    """How long one side spoke in one part, from audio levels."""

    __tablename__ = "talk_time"
    __table_args__ = (UniqueConstraint("interview_id", "role", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"))
    role: Mapped[str]
    part: Mapped[int]
    seconds: Mapped[float] = mapped_column(default=0.0)


class MediaCursor(Base):
    """How far the media server's facts have been read."""

    __tablename__ = "media_cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime | None]  # when the media server last started: who was in is out
