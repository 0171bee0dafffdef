"""Item banks and their releases, tests sat here and their steps, results from anywhere."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrolment.fields import Field
from enrolment.models import Candidacy, Certification
from kernel.db import Base
from kernel.levels import Level
from kernel.runs import Run
from people.languages import Language
from people.models import User
from written_test.questions.drafts import Parameters, Skill
from written_test.questions.kinds import Body, Kind, read_body


class Bank(Base):
    """A set of items of one language, calibrated on one scale."""

    __tablename__ = "bank"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    language: Mapped[Language]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class ItemImport(Base):
    """One file that was imported into a bank, with what was said of each line."""

    __tablename__ = "item_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"), index=True)
    filename: Mapped[str]
    sha256: Mapped[str]
    format: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    report: Mapped[dict[str, Any]]


class ItemImportRun(Run, Base):
    """One wish to bring in a large file that waits (`token`), and the import that came of it."""

    __tablename__ = "item_import_run"

    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    token: Mapped[str]  # of `kernel.staging`
    filename: Mapped[str]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("item_import.id"))  # None: no news

    asked_by: Mapped[User] = relationship()
    bank: Mapped[Bank] = relationship()


class ItemState(StrEnum):
    """What a question is used for; `items.states` alone changes it."""

    DRAFT = "draft"  # shown to nobody
    PILOT = "pilot"  # shown to some, scored for nobody
    IN_USE = "in_use"
    RETIRED = "retired"


class Basis(StrEnum):
    """What the parameters of a question rest on."""

    EXPECTED = "expected"  # from its level and kind: nobody gave any
    ASSUMED = "assumed"  # given as plausible, measured by nobody
    GIVEN = "given"  # by its file, which does not say how they were measured
    MEASURED = "measured"  # a calibration says on what (`Calibration`)


CALIBRATED: Final = (Basis.GIVEN, Basis.MEASURED)


class Item(Base):
    """One version of a question; a change is a new row, what somebody answered is never edited.

    Its parameters may be measured anew: a release keeps those that it was made with.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("bank_id", "code", "version"),
        Index("ix_item_bank_state", "bank_id", "replaced_at", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"))
    code: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind]
    content: Mapped[dict[str, Any]]  # what `kinds.read_body` reads
    skill: Mapped[Skill]
    field: Mapped[Field] = mapped_column(default=Field.GENERAL)
    level: Mapped[str]  # with thirds
    seconds: Mapped[int]
    shape: Mapped[list[Any]]  # [[a, b, c], …], one per scored part
    basis: Mapped[Basis] = mapped_column(default=Basis.EXPECTED)
    fingerprint: Mapped[str]
    audio_key: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("item_import.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    replaced_at: Mapped[datetime | None]  # by the next version
    state: Mapped[ItemState] = mapped_column(default=ItemState.PILOT)
    state_at: Mapped[datetime | None]  # None: as it came in
    state_reason: Mapped[str] = mapped_column(default="")

    bank: Mapped[Bank] = relationship()

    @property
    def body(self) -> Body:
        """Return the question itself."""
        return read_body(self.content)

    @property
    def parameters(self) -> tuple[Parameters, ...]:
        """Return a, b, c of each scored part."""
        return tuple(Parameters(*part) for part in self.shape)

    @property
    def calibrated(self) -> bool:
        """Tell whether somebody measured its parameters, as far as is known."""
        return self.basis in CALIBRATED


class Calibration(Base):
    """Parameters that were measured for one version of a question; its history, never edited."""

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    shape: Mapped[list[Any]]  # [[a, b, c], …], one per scored part
    before: Mapped[list[Any]]  # what stood until then
    errors: Mapped[list[Any]]  # [[se a, se b, se c], …]; null where none was given
    answers: Mapped[int | None]  # that the measure rests on
    source: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    item: Mapped[Item] = relationship()
    by: Mapped[User | None] = relationship()


class Release(Base):
    """What a bank offers from a moment on: its items, and how far each may be exposed.

    Tests keep to the release that they began with, so that they can be replayed.
    """

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("bank_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    entries: Mapped[list[Any]]  # [[item id, exposure parameter 0–1, [[a, b, c], …]], …]
    pilots: Mapped[list[Any]] = mapped_column(default=list)  # items on trial
    rests: Mapped[dict[str, Any]] = mapped_column(default=dict)  # on what its parameters rest
    simulated: Mapped[dict[str, Any]]  # what the simulation that set them found

    bank: Mapped[Bank] = relationship()
    made_by: Mapped[User | None] = relationship()


class ReleaseRun(Run, Base):
    """One wish to put a bank into service, how far its simulation is, and what came of it."""

    __tablename__ = "release_run"

    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))

    asked_by: Mapped[User] = relationship()
    bank: Mapped[Bank] = relationship()


class Blueprint(Base):
    """How the written test of a certification is put together and when it stops."""

    __tablename__ = "blueprint"
    __table_args__ = (
        CheckConstraint("shortest >= 1 AND longest >= shortest", "length"),
        CheckConstraint("confidence > 0 AND confidence < 1", "confidence"),
        CheckConstraint("exposure_most > 0 AND exposure_most <= 1", "exposure"),
        CheckConstraint("pilot_share >= 0 AND pilot_share <= 0.3", "pilot_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), unique=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"))
    shares: Mapped[dict[str, Any]]  # skill → share of the questions; together 1
    cuts: Mapped[list[Any]]  # theta between below A1 and A1, A1 and A2, … C1 and C2
    shortest: Mapped[int] = mapped_column(default=12)
    longest: Mapped[int] = mapped_column(default=40)
    confidence: Mapped[float] = mapped_column(default=0.8)
    exposure_most: Mapped[float] = mapped_column(default=0.25)
    pilot_share: Mapped[float] = mapped_column(default=0.1)  # of the questions shown
    minutes: Mapped[int] = mapped_column(default=45)
    swaps: Mapped[int] = mapped_column(default=2)
    lost_seconds: Mapped[int] = mapped_column(default=300)

    certification: Mapped[Certification] = relationship()
    bank: Mapped[Bank] = relationship()


class WrittenTestState(StrEnum):
    """Where a test stands."""

    RUNNING = "running"
    LEFT = "left"  # the candidate left, and may come back
    ENDED = "ended"
    VOID = "void"  # does not count


class EndReason(StrEnum):
    """Why a test ended."""

    CONFIDENT = "confident"  # the probability of a level was reached
    LONGEST = "longest"
    TIME = "time"
    EXHAUSTED = "exhausted"  # the bank has no further question for this person
    WINDOW = "window"  # the access window closed on a test that had been left


class WrittenTest(Base):
    """One sitting of the adaptive test by one candidacy."""

    __tablename__ = "written_test"
    __table_args__ = (UniqueConstraint("candidacy_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    number: Mapped[int] = mapped_column(default=1)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    rules: Mapped[dict[str, Any]]  # the blueprint and the time factor as they stood at the start
    seed: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[list[Any]]  # all versions of what this person's earlier tests showed
    state: Mapped[WrittenTestState] = mapped_column(default=WrittenTestState.RUNNING, index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]
    heard_at: Mapped[datetime]  # last word from the page
    spent_s: Mapped[float] = mapped_column(default=0.0)  # over closed questions, but for pilots
    lost_s: Mapped[float] = mapped_column(default=0.0)  # given back for lost connections
    swaps: Mapped[int] = mapped_column(default=0)
    page: Mapped[str] = mapped_column(default="")  # the tab that may answer
    theta: Mapped[float | None]
    standard_error: Mapped[float | None]
    level: Mapped[Level | None]
    probability: Mapped[float | None]
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)
    void_reason: Mapped[str] = mapped_column(default="")

    candidacy: Mapped[Candidacy] = relationship()
    release: Mapped[Release] = relationship()
    steps: Mapped[list[Step]] = relationship(order_by="Step.place", back_populates="test")


class StepState(StrEnum):
    """What became of a question that was shown."""

    OPEN = "open"
    ANSWERED = "answered"
    TIMED_OUT = "timed_out"
    SWAPPED = "swapped"  # replaced at the candidate's wish, not scored
    LEFT = "left"  # the candidate left with it open, and had no swap any more: wrong


class Step(Base):
    """One question shown in a test: why it, what was answered, and what is known after it."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("test_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("written_test.id"))
    place: Mapped[int]  # from 0
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    ticket: Mapped[str] = mapped_column(unique=True)  # what a page names to answer this step
    state: Mapped[StepState] = mapped_column(default=StepState.OPEN)
    pilot: Mapped[bool] = mapped_column(default=False)  # on trial: graded, never scored
    why: Mapped[dict[str, Any]]  # theta asked at, skill, information, random share, …
    shown_at: Mapped[datetime]
    seconds: Mapped[float]  # allowed, extra time included
    paused_s: Mapped[float] = mapped_column(default=0.0)
    closed_at: Mapped[datetime | None]
    spent_s: Mapped[float | None]
    answer: Mapped[dict[str, Any] | None]
    right: Mapped[list[Any] | None]  # one truth per part; None: swapped
    theta: Mapped[float | None]
    standard_error: Mapped[float | None]
    flags: Mapped[list[str]] = mapped_column(default=list)  # late_swap, lost_connection, …

    test: Mapped[WrittenTest] = relationship(back_populates="steps")
    item: Mapped[Item] = relationship()


class Source(StrEnum):
    """Where a written result comes from."""

    COORDINATOR = "coordinator"  # entered by hand
    TEST = "test"  # sat here
    FILE = "file"
    API = "api"


class Standing(StrEnum):
    """Whether a result counts; of those in force the highest version does."""

    IN_FORCE = "in_force"
    WAITING = "waiting"  # contradicts one in force: a coordinator chooses
    REFUSED = "refused"  # the other one was chosen
    VOID = "void"  # its test was void


class ResultSource(Base):
    """Another platform whose results come in, with the mapping of its columns."""

    __tablename__ = "result_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    token_made_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class ResultImport(Base):
    """One file or call that brought results, kept as it came."""

    __tablename__ = "result_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("result_source.id"), index=True)
    filename: Mapped[str]
    format: Mapped[str]
    sha256: Mapped[str]
    file_key: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    report: Mapped[dict[str, Any]]

    source: Mapped[ResultSource] = relationship()


class WrittenResult(Base):
    """One version of a candidacy's written result; the highest version in force counts."""

    __tablename__ = "written_result"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "version"),
        Index("ix_written_result_reference", "origin_id", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    version: Mapped[int] = mapped_column(default=1)
    level: Mapped[Level]
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)  # skill → {level, …}
    ability: Mapped[float | None]
    standard_error: Mapped[float | None]
    source: Mapped[Source] = mapped_column(default=Source.COORDINATOR)
    standing: Mapped[Standing] = mapped_column(default=Standing.IN_FORCE)
    test_id: Mapped[int | None] = mapped_column(ForeignKey("written_test.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("result_source.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("result_import.id"))
    reference: Mapped[str] = mapped_column(default="")  # the result's own name at its source
    score: Mapped[str] = mapped_column(default="")
    sat_on: Mapped[date | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
