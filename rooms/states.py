"""The state of an oral as browsers receive it; `rooms.snapshot` tells what each field means."""

from __future__ import annotations

from typing import Any, Literal

from kernel.levels import Level
from kernel.shown import Moment, Shown
from proctor.models import DocumentType, EquipmentVerdict, IdentityState
from rooms.models import IncidentKind, InterviewState, RecordingState
from rooms.transitions import Act


class OralPart(Shown):
    """One of the three parts by the server's clock, durations in seconds."""

    part: int
    name_fr: str
    name_en: str
    soft_s: float
    hard_s: float
    elapsed_s: float
    running: bool
    paused: bool
    started_at: Moment | None
    ended_at: Moment | None
    soft_reached: bool
    hard_reached: bool


class OralPause(Shown):
    """How time stands still."""

    since: Moment | None
    ends_at: Moment | None
    taken_s: float
    left_s: float
    over: bool


class OralRecording(Shown):
    """What becomes of the recording; `second`: the moment on its timeline."""

    state: RecordingState | Literal["off"]
    second: float | None


class OralAppointment(Shown):
    """The hour that was agreed."""

    starts_at: Moment
    ends_at: Moment


class OralDevice(Shown):
    """Which browser of this person is in the room."""

    mine: bool
    other: bool


class Participant(Shown):
    """Whether somebody is there, and by what connection."""

    name: str
    present: bool
    media_up: bool
    quality: dict[str, float | None]  # rtt_ms, loss_up, loss_down, kbps_up, kbps_down, bars
    lacks: list[Literal["audio", "video"]]


class EquipmentShown(Shown):
    """The last equipment test."""

    verdict: EquipmentVerdict
    facts: dict[str, Any]
    at: Moment


class CandidateShown(Participant):
    """The candidate, and what they bring."""

    waiting_since: Moment | None
    equipment: EquipmentShown | None
    accommodations: list[str]
    time_factor: float


class EvaluatorShown(Participant):
    """The evaluator, and where they are."""

    status: Literal["here", "with_another", "late", "absent", "not_yet"]


class ChatLine(Shown):
    """A line in writing; `client_id` is "" for a line of somebody else."""

    id: int
    client_id: str
    mine: bool
    author: str
    text: str
    at: Moment


class EnrolledIdentity(Shown):
    """Who was enrolled; a day in ISO 8601."""

    birth_name: str
    used_name: str
    first_names: str
    birth_date: str


class DocumentKind(Shown):
    """A kind of document, in both languages."""

    value: DocumentType
    name_fr: str
    name_en: str


class IdentityAsked(Shown):
    """What the candidate knows of the identity check."""

    state: IdentityState | Literal["none"]
    requested: bool


class IdentityShown(IdentityAsked):
    """The check beside the enrolled identity, for the evaluator."""

    picture_url: str | None
    picture_at: Moment | None
    enrolled: EnrolledIdentity
    document_types: list[DocumentKind]
    ticks: list[str]
    document_type: DocumentType | None
    document_expiry: str | None
    agrees: list[str]


class Bilingual(Shown):
    """The same words in both languages of the interface."""

    fr: str
    en: str


class Prompt(Shown):
    """Something to ask; `simpler`: the same in easier words; `level`: of what it asks for."""

    id: str
    text: str
    simpler: str = ""
    level: Level | None = None


class PromptGroup(Shown):
    """Prompts on one subject."""

    key: str
    name_fr: str
    name_en: str
    prompts: list[Prompt]


class PartScript(Shown):
    """What the evaluator does and says in a part."""

    instructions: list[Bilingual]
    opening: list[str]
    closing: str
    groups: list[PromptGroup]
    prompts: list[Prompt]


class CardShown(Shown):
    """The half of a card that the candidate may read."""

    id: int
    part: int
    title: str
    situation: str
    instructions: list[str]
    revealed_at: Moment | None


class CardWhole(CardShown):
    """A whole card, for the evaluator."""

    level: Level
    field: str
    role: str
    prompts: list[Prompt]
    elicit: list[str]


class IncidentShown(Shown):
    """An incident, as the console lists it; `by`: a user's number."""

    id: int
    kind: IncidentKind
    note: str
    fatal: bool
    by: int | None
    at: Moment
    part: int | None
    second: float | None


class OralCourse(Shown):
    """How the oral goes on, as whoever looks may know it."""

    interview: int
    revision: int
    now: Moment
    state: InterviewState
    part: int | None
    parts: list[OralPart]
    total_s: float
    pause: OralPause
    media_since: Moment | None
    recording: OralRecording
    observed: bool
    appointment: OralAppointment
    ended_by: IncidentKind | None


class _Shared(OralCourse):
    candidate: CandidateShown
    evaluator: EvaluatorShown
    chat: list[ChatLine]
    device: OralDevice
    allowed: list[Act]


class EvaluatorState(_Shared):
    """The oral as its evaluator sees it."""

    role: Literal["evaluator"]
    absent_from: Moment
    identity: IdentityShown
    script: PartScript
    cards_level: Level | None
    card: CardWhole | None
    incidents: list[IncidentShown]


class CandidateState(_Shared):
    """The oral as its candidate sees it."""

    role: Literal["candidate"]
    identity: IdentityAsked
    script: None
    card: CardShown | None
    incidents: list[IncidentShown]


class ObserverState(OralCourse):
    """The course of an oral as a silent observer sees it, and nothing more."""

    role: Literal["observer"]
    candidate: Participant
    evaluator: Participant
