"""One look at an oral, and what each piece of its state says; pure of the database.

`rooms.snapshot` reads the rows in a fixed number of statements and lays these pieces together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from enrolment.models import Candidacy
from proctor import identity
from proctor.models import EquipmentCheck, IdentityCheck
from rooms import cards, observing, recordings, script, timers
from rooms.absence import PATIENCE
from rooms.interview import opens_at
from rooms.joining import is_claimed, is_here
from rooms.models import (
    CardUse,
    ChatMessage,
    DeviceClaim,
    Incident,
    Interview,
    Observation,
    Recording,
    RecordingState,
)
from rooms.states import (
    CandidateShown,
    CardShown,
    CardWhole,
    ChatLine,
    DocumentKind,
    EnrolledIdentity,
    EquipmentShown,
    EvaluatorShown,
    IdentityAsked,
    IdentityShown,
    IncidentShown,
    ObserverState,
    OralAppointment,
    OralDevice,
    OralPart,
    OralPause,
    OralRecording,
    Participant,
)
from rooms.transitions import TABLE, Act

PART_NAMES = {
    1: ("Questions", "Questions"),
    2: ("Mise en situation", "Role-play"),
    3: ("Discussion", "Discussion"),
}


@dataclass(frozen=True)
class Scene:
    """What one look at an interview reads, whoever looks."""

    interview: Interview
    now: datetime
    parts: tuple[timers.PartTime, ...]
    pause: timers.Pause
    media_since: datetime | None
    claims: dict[int, DeviceClaim]
    chat: Sequence[ChatMessage]
    recordings: Sequence[Recording]
    equipment: EquipmentCheck | None
    incidents: Sequence[Incident]
    observations: Sequence[Observation]
    device: str  # the browser that asks

    @property
    def candidacy(self) -> Candidacy:
        """The candidacy whose oral this is."""
        return self.interview.appointment.candidacy

    @property
    def card(self) -> CardUse | None:
        """The card on the table."""
        return cards.current(self.interview, self.interview.cards)


def course(scene: Scene) -> dict[str, Any]:
    """Return the fields of `OralCourse`: how the oral goes on, as whoever looks may know it."""
    interview = scene.interview
    fatal = [incident for incident in scene.incidents if incident.fatal]
    return {
        "interview": interview.id,
        "revision": interview.revision,
        "now": scene.now,
        "state": interview.state,
        "part": interview.part,
        "parts": [_part(time) for time in scene.parts],
        "total_s": round(timers.total(scene.parts), 2),
        "pause": _pause(scene.pause),
        "media_since": scene.media_since,
        "recording": _recording(scene),
        "observed": observing.is_observed(interview, scene.observations, scene.now),
        "appointment": OralAppointment(
            starts_at=interview.appointment.starts_at, ends_at=interview.appointment.ends_at
        ),
        "ended_by": fatal[-1].kind if fatal else None,
    }


def shared(scene: Scene, me: int) -> dict[str, Any]:
    """Return the fields that both people see alike; `me` is the user who looks."""
    mine = scene.claims.get(me)
    return course(scene) | {
        "candidate": candidate(scene),
        "chat": [_line(message, me) for message in scene.chat],
        "device": OralDevice(
            mine=mine is not None and mine.device == scene.device,
            other=mine is not None and mine.device != scene.device and is_claimed(mine, scene.now),
        ),
    }


def to_observer(scene: Scene) -> ObserverState:
    """Return who the two are and whether they are there: nothing of what they write or bring."""
    appointment = scene.interview.appointment
    people = {"candidate": scene.candidacy.candidate.user, "evaluator": appointment.evaluator}
    seen = {
        role: Participant(name=person.name, **_presence(scene, person.id) | {"quality": {}})
        for role, person in people.items()
    }
    return ObserverState(role="observer", **course(scene), **seen)


def _part(time: timers.PartTime) -> OralPart:
    name_fr, name_en = PART_NAMES[time.part]
    return OralPart(
        name_fr=name_fr,
        name_en=name_en,
        soft_reached=time.soft_reached,
        hard_reached=time.hard_reached,
        **asdict(time) | {"elapsed_s": round(time.elapsed_s, 2)},
    )


def _pause(pause: timers.Pause) -> OralPause:
    return OralPause(
        since=pause.since,
        ends_at=pause.ends_at,
        taken_s=round(pause.taken_s, 2),
        left_s=round(pause.left_s, 2),
        over=pause.over,
    )


def _recording(scene: Scene) -> OralRecording:
    states = {recording.state for recording in scene.recordings}
    order = (
        RecordingState.FAILED,
        RecordingState.RUNNING,
        RecordingState.MUXING,
        RecordingState.READY,
        RecordingState.PURGED,
    )
    second = recordings.second(scene.interview, scene.now)
    return OralRecording(
        state=next((state for state in order if state in states), "off"),
        second=None if second is None else round(second, 2),
    )


def _presence(scene: Scene, user_id: int) -> dict[str, Any]:
    claim = scene.claims.get(user_id)
    return {
        "present": is_here(claim, scene.now),
        "media_up": claim is not None and claim.media_up,
        "quality": claim.quality if claim is not None else {},
        "lacks": claim.lacks if claim is not None else [],
    }


def candidate(scene: Scene) -> CandidateShown:
    """Return who the candidate is, whether they are there, and what they bring."""
    candidacy, tested = scene.candidacy, scene.equipment
    return CandidateShown(
        name=candidacy.candidate.name,
        waiting_since=scene.interview.waiting_since,
        **_presence(scene, candidacy.candidate.user_id),
        equipment=None
        if tested is None
        else EquipmentShown(verdict=tested.verdict, facts=tested.facts, at=tested.at),
        accommodations=list(candidacy.accommodations),
        time_factor=candidacy.time_factor,
    )


def evaluator(scene: Scene, status: str) -> EvaluatorShown:
    """Return who the evaluator is and where."""
    person = scene.interview.appointment.evaluator
    return EvaluatorShown(name=person.name, **_presence(scene, person.id) | {"status": status})


def evaluator_status(scene: Scene, elsewhere: bool) -> str:
    """Return what the waiting room says of the evaluator; `elsewhere`: they are in another room."""
    appointment = scene.interview.appointment
    if is_here(scene.claims.get(appointment.evaluator_id), scene.now):
        return "here"
    if elsewhere:
        return "with_another"
    if scene.now >= appointment.starts_at + PATIENCE:
        return "absent"
    return "late" if scene.now > appointment.starts_at else "not_yet"


def identity_to_candidate(check: IdentityCheck | None) -> IdentityAsked:
    """Return the state of the check, and whether their browser should take a still now."""
    return IdentityAsked(
        state="none" if check is None else check.state, requested=picture_requested(check)
    )


def picture_requested(check: IdentityCheck | None) -> bool:
    """Tell whether the candidate's browser should take a still now."""
    return check is not None and identity.is_requested(check)


def identity_to_evaluator(scene: Scene) -> IdentityShown:
    """Return the check beside the enrolled identity, for the evaluator's eyes."""
    check, candidate = scene.interview.identity_check, scene.candidacy.candidate
    url = None
    if check is not None and check.picture_key and check.picture_taken_at:
        stamp = int(check.picture_taken_at.timestamp() * 1000)
        url = f"/evaluator/interviews/{scene.interview.id}/identity.jpg?v={stamp}"
    asked = identity_to_candidate(check)
    return IdentityShown(
        state=asked.state,
        requested=asked.requested,
        picture_url=url,
        picture_at=check.picture_taken_at if check and url else None,
        enrolled=EnrolledIdentity(
            birth_name=candidate.birth_name,
            used_name=candidate.used_name,
            first_names=candidate.first_names,
            birth_date=candidate.birth_date.isoformat(),
        ),
        document_types=[
            DocumentKind(value=kind, name_fr=french, name_en=english)
            for kind, (french, english) in identity.DOCUMENT_NAMES.items()
        ],
        ticks=list(identity.TICKS),
        document_type=check.document_type if check else None,
        document_expiry=check.document_expiry.isoformat()
        if check and check.document_expiry
        else None,
        agrees=list(check.agrees) if check else [],
    )


def _half(use: CardUse) -> dict[str, Any]:
    content = use.card.content
    return {
        "id": use.id,
        "part": use.part,
        "title": content.get("title", ""),
        "situation": content.get("situation", ""),
        "instructions": list(content.get("instructions", [])),
        "revealed_at": use.revealed_at,
    }


def card_to_candidate(use: CardUse | None) -> CardShown | None:
    """Return the half of a card that the candidate may read, once it is revealed."""
    return CardShown(**_half(use)) if use is not None and use.revealed_at else None


def card_to_evaluator(use: CardUse | None) -> CardWhole | None:
    """Return the whole card, or None when none lies on the table."""
    if use is None:
        return None
    content = use.card.content
    return CardWhole(
        **_half(use),
        level=use.card.level,
        field=use.card.field,
        role=content.get("role", ""),
        prompts=script.numbered(content.get("prompts", [])),
        elicit=list(content.get("elicit", [])),
    )


def _line(message: ChatMessage, me: int) -> ChatLine:
    return ChatLine(
        id=message.id,
        client_id=message.client_id if message.author_id == me else "",
        mine=message.author_id == me,
        author=message.author.name,
        text=message.text,
        at=message.at,
    )


def incident(row: Incident) -> IncidentShown:
    """Return an incident as the console lists it."""
    return IncidentShown(
        id=row.id,
        kind=row.kind,
        note=row.note,
        fatal=row.fatal,
        by=row.by_id,
        at=row.at,
        part=row.part,
        second=row.second,
    )


def possible(act: Act, scene: Scene) -> bool:
    """Tell whether `act` makes sense now: by the table, and by what it needs beside the state."""
    interview = scene.interview
    if interview.state not in TABLE[act]:
        return False
    if (wants := _WANTS.get(act)) is not None:
        return wants(scene)
    return True


def _lies(scene: Scene) -> bool:
    return scene.card is not None and scene.card.revealed_at is None


def _awaits(scene: Scene) -> bool:
    check = scene.interview.identity_check
    return check is not None and identity.is_awaited(check, scene.now)


_WANTS: dict[Act, Callable[[Scene], bool]] = {
    Act.OPEN: lambda scene: scene.now >= opens_at(scene.interview),
    Act.ADMIT: lambda scene: scene.interview.waiting_since is not None,
    Act.NEXT: lambda scene: scene.interview.part in timers.PARTS[:-1],
    Act.DEAL: lambda scene: (
        scene.interview.part in cards.PARTS_WITH_CARDS and scene.interview.cards_level is not None
    ),
    Act.REVEAL: _lies,
    Act.PICTURE_REQUEST: lambda scene: not _awaits(scene),
    Act.PICTURE: lambda scene: picture_requested(scene.interview.identity_check),
    Act.CONFIRM: lambda scene: not _awaits(scene),
}
