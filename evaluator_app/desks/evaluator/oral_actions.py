"""What the console's scripts ask and do; each answers the oral's fresh state.

The shapes stand in `rooms.snapshot`.
"""

from __future__ import annotations

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared import oral_edge
from evaluator_app.desks.shared.oral_edge import for_script, load_interview, state
from evaluator_app.desks.shared.oral_posted import (
    AnotherCard,
    CardsLevel,
    IdentityConfirmation,
    IdentityRefusal,
    IncidentReport,
    NextPart,
    OralAct,
)
from evaluator_app.web.edge import actor, db, house, logged_viewing, needs, release
from evaluator_app.web.posted import takes
from evaluator_app.web.ranges import send_stored
from kernel import disk
from kernel.errors import N_, Refused
from kernel.permissions import Permission
from kernel.shown import Moment, Shown
from rooms import cards, identifying, incidents, recordings, viewings
from rooms import interview as oral
from rooms.media.manifest import Gap, Manifest, Part, SegmentFile
from rooms.models import Interview, RecordingState


class ManifestShown(Shown):
    """What a recording is made of, as the player needs it; see `rooms.media.manifest`."""

    started_at: Moment
    duration_s: float
    segments: list[SegmentFile]
    parts: list[Part]
    gaps: list[Gap]
    peak_s: float
    peaks: dict[str, list[float]]

    @classmethod
    def of(cls, manifest: Manifest) -> ManifestShown:
        """Return what the player needs of a whole manifest."""
        return cls.model_validate({name: getattr(manifest, name) for name in cls.model_fields})


class RecordingShown(Shown):
    """A recording: what it is made of, and the address of each of its segments."""

    id: int
    state: RecordingState
    started_at: Moment
    manifest: ManifestShown | None
    files: list[str]


class TalkShown(Shown):
    """How long one side spoke in a part."""

    part: int
    role: str
    seconds: float


class RecordingsShown(Shown):
    """All that was recorded of an oral, in order."""

    interview: int
    recordings: list[RecordingShown]
    talk: list[TalkShown]


conducts = needs(Permission.CONDUCT_INTERVIEW, load=load_interview)
sees = needs(Permission.SEE_RECORDING, load=load_interview)


@for_script
@conducts
@takes(OralAct)
def oral_open(interview: Interview, act: OralAct) -> Response:
    """Open the room, unless its recording would find no place on the disk."""
    if interview.opened_at is None and disk.is_low(house().settings):
        raise Refused(
            N_(
                "Le disque est trop plein pour enregistrer un oral : la salle ne peut pas "
                "s'ouvrir. Le coordinateur est prévenu. Le rendez-vous est gardé ; réessayez "
                "dans quelques minutes."
            )
        )
    oral.open_room(db(), actor(), interview)
    return state(interview, act.device)


@for_script
@conducts
@takes(OralAct)
def oral_admit(interview: Interview, act: OralAct) -> Response:
    """Let the candidate in."""
    oral.admit(db(), actor(), interview)
    return state(interview, act.device)


@for_script
@conducts
@takes(OralAct)
def oral_picture_request(interview: Interview, act: OralAct) -> Response:
    """Ask for a still of the document."""
    identifying.request_picture(db(), actor(), interview)
    return state(interview, act.device)


@for_script
@conducts
@takes(IdentityConfirmation)
def oral_identity_confirm(interview: Interview, seen: IdentityConfirmation) -> Response:
    """Confirm the identity."""
    identifying.confirm(
        db(),
        actor(),
        interview,
        seen.document_type,
        seen.document_expiry,
        seen.agrees,
    )
    return state(interview, seen.device)


@for_script
@conducts
@takes(IdentityRefusal)
def oral_identity_refuse(interview: Interview, refusal: IdentityRefusal) -> Response:
    """Refuse the identity, which ends the oral."""
    identifying.refuse(
        db(),
        actor(),
        house().settings,
        interview,
        refusal.reason,
        refusal.document_type or "",
        refusal.document_expiry or "",
        refusal.agrees,
    )
    return oral_edge.answer_end(interview, refusal.device)


@conducts
def oral_identity_picture(interview: Interview) -> ResponseReturnValue:
    """Show the still to its evaluator; the viewing is logged."""
    data = identifying.look(db(), actor(), interview, house().storage)
    _log_viewing("identity.look", interview.identity_check, interview)
    return Response(data, mimetype="image/jpeg")


@for_script
@conducts
@takes(OralAct)
def oral_start(interview: Interview, act: OralAct) -> Response:
    """Begin part 1 and the recording."""
    if oral.may_start(db(), actor(), interview):
        release()
        recordings.roll(house().engine, interview)
        oral.start(db(), actor(), interview)
    return state(interview, act.device)


@for_script
@conducts
@takes(NextPart)
def oral_next(interview: Interview, act: NextPart) -> Response:
    """Go on to the next part."""
    oral.next_part(db(), actor(), interview, act.part)
    answer = state(interview, act.device)
    release()
    recordings.mark_part(house().engine, interview)
    return answer


@for_script
@conducts
@takes(CardsLevel)
def oral_level(interview: Interview, act: CardsLevel) -> Response:
    """Pick the level of the cards."""
    cards.pick_level(db(), actor(), interview, act.level)
    return state(interview, act.device)


@for_script
@conducts
@takes(AnotherCard)
def oral_deal(interview: Interview, act: AnotherCard) -> Response:
    """Deal another card."""
    cards.deal(db(), actor(), interview, act.card)
    return state(interview, act.device)


@for_script
@conducts
@takes(OralAct)
def oral_reveal(interview: Interview, act: OralAct) -> Response:
    """Show the card to the candidate."""
    cards.reveal(db(), actor(), interview)
    return state(interview, act.device)


@for_script
@conducts
@takes(IncidentReport)
def oral_incident(interview: Interview, incident: IncidentReport) -> Response:
    """Note an incident, which may end the oral."""
    incidents.report(
        db(),
        actor(),
        house().settings,
        interview,
        incident.kind,
        incident.note,
        fatal=incident.fatal,
    )
    return oral_edge.answer_end(interview, incident.device)


@for_script
@conducts
@takes(OralAct)
def oral_end(interview: Interview, act: OralAct) -> Response:
    """End the oral; marking begins."""
    oral.end(db(), actor(), interview)
    return oral_edge.answer_end(interview, act.device)


@for_script
@sees
def oral_recording(interview: Interview) -> Response:
    """Answer what was recorded: each recording's manifest, and the address of each file."""
    recorded = []
    for recording in recordings.of_interview(db(), interview):
        manifest = recordings.manifest(house().storage, recording)
        segments = manifest["segments"] if manifest else []
        addresses = [
            url_for(
                "evaluator.oral_recording_file",
                interview_id=interview.id,
                recording_id=recording.id,
                index=index,
            )
            for index in range(len(segments))
        ]
        recorded.append(
            RecordingShown(
                id=recording.id,
                state=recording.state,
                started_at=recording.started_at,
                manifest=ManifestShown.of(Manifest.model_validate(manifest)) if manifest else None,
                files=addresses,
            )
        )
    talk = [TalkShown.model_validate(row) for row in recordings.talk(db(), interview)]
    return jsonify(RecordingsShown(interview=interview.id, recordings=recorded, talk=talk).sent())


@needs(
    Permission.SEE_RECORDING,
    load=lambda session, interview_id, **_rest: load_interview(session, interview_id),
)
def oral_recording_file(interview: Interview) -> ResponseReturnValue:
    """Play one file of a recording, by ranges; the viewing is logged."""
    parts = request.view_args or {}
    recording, key = recordings.segment(db(), interview, parts["recording_id"], parts["index"])
    _log_viewing("recording.view", recording, interview)
    return send_stored(house().storage, key, "video/webm")


def _log_viewing(act: str, subject: object, interview: Interview) -> None:
    """Write the viewing, without waiting for the database's writer at every range."""
    who = actor()
    if viewings.is_logged(db(), who, act, subject):
        return
    with logged_viewing() as session:
        viewings.log(session, who, act, subject, interview.appointment.candidacy_id)
