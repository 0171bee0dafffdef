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
from rooms.joining import holds, is_here
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


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def course(scene: Scene, role: str) -> dict[str, Any]:
    """Return how the oral goes on, as whoever looks may know it."""
    interview = scene.interview
    fatal = [one for one in scene.incidents if one.fatal]
    return {
        "interview": interview.id,
        "revision": interview.revision,
        "now": _iso(scene.now),
        "role": role,
        "state": str(interview.state),
        "part": interview.part,
        "parts": [_part(one) for one in scene.parts],
        "total_s": round(timers.total(scene.parts), 2),
        "pause": _pause(scene.pause),
        "media_since": _iso(scene.media_since),
        "recording": _recording(scene),
        "observed": observing.is_observed(interview, scene.observations, scene.now),
        "appointment": {
            "starts_at": _iso(interview.appointment.starts_at),
            "ends_at": _iso(interview.appointment.ends_at),
        },
        "ended_by": str(fatal[-1].kind) if fatal else None,
    }


def shared(scene: Scene, role: str, me: int) -> dict[str, Any]:
    """Return what both people see alike; `me` is the user who looks."""
    mine = scene.claims.get(me)
    return course(scene, role) | {
        "candidate": candidate(scene),
        "chat": [_line(one, me) for one in scene.chat],
        "device": {
            "mine": mine is not None and mine.device == scene.device,
            "other": mine is not None and mine.device != scene.device and holds(mine, scene.now),
        },
    }


def to_observer(scene: Scene) -> dict[str, Any]:
    """Return who the two are and whether they are there: nothing of what they write or bring."""
    appointment = scene.interview.appointment
    people = {"candidate": scene.candidacy.candidate.user, "evaluator": appointment.evaluator}
    return course(scene, "observer") | {
        role: {"name": one.name, **_person(scene, one.id), "quality": {}}
        for role, one in people.items()
    }


def _part(time: timers.PartTime) -> dict[str, Any]:
    name_fr, name_en = PART_NAMES[time.part]
    return asdict(time) | {
        "name_fr": name_fr,
        "name_en": name_en,
        "elapsed_s": round(time.elapsed_s, 2),
        "soft_reached": time.soft_reached,
        "hard_reached": time.hard_reached,
        "started_at": _iso(time.started_at),
        "ended_at": _iso(time.ended_at),
    }


def _pause(pause: timers.Pause) -> dict[str, Any]:
    return {
        "since": _iso(pause.since),
        "ends_at": _iso(pause.ends_at),
        "taken_s": round(pause.taken_s, 2),
        "left_s": round(pause.left_s, 2),
        "over": pause.over,
    }


def _recording(scene: Scene) -> dict[str, Any]:
    states = {one.state for one in scene.recordings}
    order = (
        RecordingState.FAILED,
        RecordingState.RUNNING,
        RecordingState.MUXING,
        RecordingState.READY,
        RecordingState.PURGED,
    )
    found = [str(state) for state in order if state in states]
    second = recordings.second(scene.interview, scene.now)
    return {
        "state": found[0] if found else "off",
        "second": None if second is None else round(second, 2),
    }


def _person(scene: Scene, user_id: int) -> dict[str, Any]:
    claim = scene.claims.get(user_id)
    return {
        "present": is_here(claim, scene.now),
        "media_up": claim is not None and claim.media_up,
        "quality": claim.quality if claim is not None else {},
        "lacks": claim.lacks if claim is not None else [],
    }


def candidate(scene: Scene) -> dict[str, Any]:
    """Return who the candidate is, whether they are there, and what they bring."""
    candidacy, tested = scene.candidacy, scene.equipment
    return {
        "name": candidacy.candidate.name,
        "waiting_since": _iso(scene.interview.waiting_since),
        **_person(scene, candidacy.candidate.user_id),
        "equipment": None
        if tested is None
        else {"verdict": str(tested.verdict), "facts": tested.facts, "at": _iso(tested.at)},
        "accommodations": list(candidacy.accommodations),
        "time_factor": candidacy.time_factor,
    }


def evaluator(scene: Scene, status: str) -> dict[str, Any]:
    """Return who the evaluator is and where."""
    person = scene.interview.appointment.evaluator
    return {"name": person.name, **_person(scene, person.id), "status": status}


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


def identity_state(check: IdentityCheck | None) -> str:
    """Return the state of the check, or "none" before there is one."""
    return "none" if check is None else str(check.state)


def picture_requested(check: IdentityCheck | None) -> bool:
    """Tell whether the candidate's browser should take a still now."""
    return check is not None and identity.is_requested(check)


def identity_to_evaluator(scene: Scene) -> dict[str, Any]:
    """Return the check beside the enrolled identity, for the evaluator's eyes."""
    check, candidate = scene.interview.identity_check, scene.candidacy.candidate
    url = None
    if check is not None and check.picture_key and check.picture_taken_at:
        stamp = int(check.picture_taken_at.timestamp() * 1000)
        url = f"/evaluator/interviews/{scene.interview.id}/identity.jpg?v={stamp}"
    return {
        "state": identity_state(check),
        "requested": picture_requested(check),
        "picture_url": url,
        "picture_at": _iso(check.picture_taken_at) if check and url else None,
        "enrolled": {
            "birth_name": candidate.birth_name,
            "used_name": candidate.used_name,
            "first_names": candidate.first_names,
            "birth_date": candidate.birth_date.isoformat(),
        },
        "document_types": [
            {"value": str(kind), "name_fr": french, "name_en": english}
            for kind, (french, english) in identity.DOCUMENT_NAMES.items()
        ],
        "ticks": list(identity.TICKS),
        "document_type": str(check.document_type) if check and check.document_type else None,
        "document_expiry": check.document_expiry.isoformat()
        if check and check.document_expiry
        else None,
        "agrees": list(check.agrees) if check else [],
    }


def card_to_candidate(use: CardUse) -> dict[str, Any]:
    """Return the half of a card that the candidate may read."""
    content = use.card.content
    return {
        "id": use.id,
        "part": use.part,
        "title": content.get("title", ""),
        "situation": content.get("situation", ""),
        "instructions": list(content.get("instructions", [])),
        "revealed_at": _iso(use.revealed_at),
    }


def card_to_evaluator(use: CardUse | None) -> dict[str, Any] | None:
    """Return the whole card, or None when none lies on the table."""
    if use is None:
        return None
    content = use.card.content
    return card_to_candidate(use) | {
        "level": str(use.card.level),
        "field": use.card.field,
        "role": content.get("role", ""),
        "prompts": script.numbered(content.get("prompts", [])),
        "elicit": list(content.get("elicit", [])),
    }


def _line(message: ChatMessage, me: int) -> dict[str, Any]:
    return {
        "id": message.id,
        "client_id": message.client_id if message.author_id == me else "",
        "mine": message.author_id == me,
        "author": message.author.name,
        "text": message.text,
        "at": _iso(message.at),
    }


def incident(row: Incident) -> dict[str, Any]:
    """Return an incident as the console lists it."""
    return {
        "id": row.id,
        "kind": str(row.kind),
        "note": row.note,
        "fatal": row.fatal,
        "by": row.by_id,
        "at": _iso(row.at),
        "part": row.part,
        "second": row.second,
    }


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


_WANTS: dict[Act, Callable[[Scene], bool]] = {
    Act.OPEN: lambda scene: scene.now >= opens_at(scene.interview),
    Act.ADMIT: lambda scene: scene.interview.waiting_since is not None,
    Act.NEXT: lambda scene: scene.interview.part in timers.PARTS[:-1],
    Act.DEAL: lambda scene: (
        scene.interview.part in cards.PARTS_WITH_CARDS and scene.interview.cards_level is not None
    ),
    Act.REVEAL: _lies,
    Act.PICTURE: lambda scene: picture_requested(scene.interview.identity_check),
}
