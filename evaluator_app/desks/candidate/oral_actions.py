"""What the candidate's scripts ask and do before and during the oral; each answers its fresh state.

The shapes stand in `rooms.snapshot`.
"""

from __future__ import annotations

from flask import Response, request

from evaluator_app import oral_edge
from evaluator_app.desks.candidate import bp
from evaluator_app.edge import actor, db, for_role, house, needs
from evaluator_app.oral_edge import Body, for_script, load_interview, state
from evaluator_app.words import locale
from kernel.errors import N_, TooLarge
from kernel.permissions import Permission, Role
from people import consents
from proctor.pictures import MOST_BYTES
from rooms import chat, identifying, incidents
from rooms import interview as oral
from rooms.models import Interview

HERE = "/oral/<int:interview_id>"
sits = needs(Permission.SIT_INTERVIEW, load=load_interview)


@bp.get(f"{HERE}/state")
@for_script
@sits
def oral_state(interview: Interview) -> Response:
    """Answer the state."""
    return state(interview, request.args.get("device", ""))


@bp.post(f"{HERE}/wait")
@for_script
@sits
def oral_wait(interview: Interview) -> Response:
    """Enter the waiting room, with the texts acknowledged."""
    body = Body()
    consents.record(db(), actor(), body.texts("consents"), locale())
    oral.enter_waiting_room(db(), actor(), interview, body.device, take_over=body.flag("take_over"))
    return state(interview, body.device)


@bp.post(f"{HERE}/picture")
@for_script
@sits
def oral_picture(interview: Interview) -> Response:
    """Take the still that the evaluator asked for; the body is the JPEG itself."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(N_("L'image est trop lourde : 4 Mo au plus."), "picture")
    data = request.get_data(cache=False)
    identifying.keep_picture(db(), actor(), interview, house().storage, data)
    return state(interview, request.args.get("device", ""))


@bp.post(f"{HERE}/chat")
@for_script
@sits
def oral_chat(interview: Interview) -> Response:
    """Say a line in writing."""
    body = Body()
    chat.say(db(), actor(), interview, body.text("client_id"), body.text("text"))
    return state(interview, body.device)


@bp.post(f"{HERE}/problem")
@for_script
@sits
def oral_problem(interview: Interview) -> Response:
    """Say what troubles the candidate."""
    body = Body()
    incidents.report_problem(db(), actor(), interview, body.text("note"))
    return state(interview, body.device)


@bp.post(f"{HERE}/offer")
@for_script
@sits
def oral_offer(interview: Interview) -> Response:
    """Connect the candidate's browser, once admitted."""
    return oral_edge.answer_offer(interview)


@bp.post(f"{HERE}/heartbeat")
@for_script
@sits
def oral_heartbeat(interview: Interview) -> Response:
    """Keep the candidate's browser in the room."""
    return oral_edge.answer_heartbeat(interview)


@bp.post(f"{HERE}/claim")
@for_script
@sits
def oral_claim(interview: Interview) -> Response:
    """Say which of the candidate's devices goes on."""
    return oral_edge.answer_claim(interview)


@bp.post(f"{HERE}/leave")
@for_script
@sits
def oral_leave(interview: Interview) -> Response:
    """Take the candidate's browser out of the room."""
    return oral_edge.answer_leave(interview)


@bp.post("/equipment/probe")
@for_script
@for_role(Role.CANDIDATE)
def equipment_probe() -> Response:
    """Send the candidate's media back, for the network's test."""
    return oral_edge.answer_probe()


@bp.post("/equipment")
@for_script
@for_role(Role.CANDIDATE)
def equipment_record() -> Response:
    """Keep the candidate's equipment test."""
    return oral_edge.answer_equipment()
