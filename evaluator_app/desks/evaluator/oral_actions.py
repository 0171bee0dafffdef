"""What the console's scripts ask and do; each answers the oral's fresh state.

The shapes stand in `rooms.snapshot`.
"""

from __future__ import annotations

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.evaluator import playing
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
from evaluator_app.web.edge import actor, db, house, needs, release
from evaluator_app.web.posted import takes
from kernel import disk
from kernel.errors import N_, Refused
from kernel.permissions import Permission
from rooms import cards, identifying, incidents, recordings
from rooms import interview as oral
from rooms.models import Interview, Recording

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
    playing.log_viewing("identity.look", interview.identity_check, interview)
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

    def address(recording: Recording, index: int) -> str:
        return url_for(
            "evaluator.oral_recording_file",
            interview_id=interview.id,
            recording_id=recording.id,
            index=index,
        )

    return jsonify(playing.shown(interview, address).sent())


@needs(
    Permission.SEE_RECORDING,
    load=lambda session, interview_id, **_rest: load_interview(session, interview_id),
)
def oral_recording_file(interview: Interview) -> ResponseReturnValue:
    """Play one file of a recording, by ranges; the viewing is logged."""
    parts = request.view_args or {}
    return playing.play(interview, parts["recording_id"], parts["index"])
