"""Equipment and identity checks of a candidacy, for both parts; the watch over the written one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.models import Candidacy
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


class Decision(StrEnum):
    """What a coordinator decided about a proctoring session."""

    UNDECIDED = "undecided"
    CLEAR = "clear"
    INCIDENT = "incident"  # noted, the result stands
    VOID = "void"  # the test does not count


class RiskFile(Base):
    """One version of what a certification says of face detection; the last one is in force."""

    __tablename__ = "risk_file"
    __table_args__ = (
        UniqueConstraint("certification_id", "number", name="uq_risk_file_certification_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    number: Mapped[int]
    detection: Mapped[bool]  # whether faces are looked for
    purpose: Mapped[str]
    accuracy: Mapped[str]
    oversight: Mapped[str]
    logs: Mapped[str]
    notice: Mapped[str]
    alternative: Mapped[str]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime]


class ProctorSession(Base):
    """One watch over the written part, from the first question until the candidate leaves it."""

    __tablename__ = "proctor_session"
    __table_args__ = (
        Index("ix_proctor_session_decision", "decision", "closed_at"),
        Index("ix_proctor_session_decided_at", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    left_by_candidate: Mapped[bool] = mapped_column(default=False)  # else closed by the system
    heard_at: Mapped[datetime]  # last word from the page
    watched_until: Mapped[datetime | None]  # the last answer: camera and microphone went off then
    token_hash: Mapped[str] = mapped_column(default="")  # of the page that may answer
    holder: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see proctor/holding.py
    held_since: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # last word on what runs in the holder's browser
    picture_due_at: Mapped[datetime | None]
    lasting: Mapped[dict[str, Any]] = mapped_column(default=dict)  # kind: signal that still lasts
    risk_file_id: Mapped[int | None] = mapped_column(ForeignKey("risk_file.id"))  # faces looked for
    watch: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what runs, what cannot and why
    identity_check_id: Mapped[int | None] = mapped_column(ForeignKey("identity_check.id"))
    room_note: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")  # the candidate's own, about the whole session
    decision: Mapped[Decision] = mapped_column(default=Decision.UNDECIDED)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    candidacy: Mapped[Candidacy] = relationship()
    signals: Mapped[list[Signal]] = relationship(order_by="Signal.at")
    snapshots: Mapped[list[Snapshot]] = relationship(order_by="Snapshot.at")


class SignalKind(StrEnum):
    """What the server found or a page noticed: a person is to look, it means nothing by itself."""

    OTHER_BROWSER = "other_browser"  # answers from another browser or sign-in than at first
    OTHER_TAB = "other_tab"  # the same browser, a page that did not know the watch
    OTHER_ADDRESS = "other_address"  # the network address changed
    NO_PICTURE = "no_picture"  # none for longer than the time between two
    PART_MISSING = "part_missing"  # camera, microphone or faces: never told of, or off
    WATCH_SILENT = "watch_silent"  # answers come, and no word of what is watched
    PAGE_RELOADED = "page_reloaded"
    TAB_LEFT = "tab_left"
    FULL_SCREEN_LEFT = "full_screen_left"
    COPY = "copy"
    PASTE = "paste"
    CAMERA_STOPPED = "camera_stopped"
    CAMERA_STILL = "camera_still"  # the picture does not change at all
    MICROPHONE_STOPPED = "microphone_stopped"
    SECOND_SCREEN = "second_screen"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    VOICE = "voice"
    SILENCE_OF_PAGE = "silence_of_page"  # nothing was heard from it: cut network, closed lid
    UPLOAD_FAILED = "upload_failed"


class Signal(Base):
    """Something noticed during a session, with what the candidate says about it."""

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("proctor_session.id"))
    key: Mapped[str]  # chosen by the page, so that sending again adds nothing
    kind: Mapped[SignalKind]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    received_at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    commented_at: Mapped[datetime | None]


class Snapshot(Base):
    """A still of the camera, sent at a random moment or at a signal."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("proctor_session.id"))
    key: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str]  # "random", "start", or the kind of signal
    storage_key: Mapped[str | None]
    size: Mapped[int] = mapped_column(default=0)  # bytes, as it came
    purged_at: Mapped[datetime | None]
