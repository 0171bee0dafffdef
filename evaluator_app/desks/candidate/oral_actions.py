"""What the candidate's scripts ask and do before and during the oral; each answers its fresh state.

The shapes stand in `rooms.snapshot`.
"""

from __future__ import annotations

from flask import Response, request

from evaluator_app.desks.shared.oral_edge import for_script, load_interview, state
from evaluator_app.desks.shared.oral_posted import Entry, Problem
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.posted import takes
from evaluator_app.words import locale
from kernel.errors import N_, TooLarge
from kernel.permissions import Permission
from people import consents
from proctor.pictures import MOST_BYTES
from rooms import identifying, incidents
from rooms import interview as oral
from rooms.models import Interview

sits = needs(Permission.SIT_INTERVIEW, load=load_interview)


@for_script
@sits
@takes(Entry)
def oral_wait(interview: Interview, entry: Entry) -> Response:
    """Enter the waiting room, with the texts acknowledged."""
    consents.record(db(), actor(), entry.consents, locale())
    oral.enter_waiting_room(db(), actor(), interview, entry.device, take_over=entry.take_over)
    return state(interview, entry.device)


@for_script
@sits
def oral_picture(interview: Interview) -> Response:
    """Take the still that the evaluator asked for; the body is the JPEG itself."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(N_("L'image est trop lourde : 4 Mo au plus."), "picture")
    data = request.get_data(cache=False)
    identifying.keep_picture(db(), actor(), interview, house().storage, data)
    return state(interview, request.args.get("device", ""))


@for_script
@sits
@takes(Problem)
def oral_problem(interview: Interview, problem: Problem) -> Response:
    """Say what troubles the candidate."""
    incidents.report_problem(db(), actor(), house().settings, interview, problem.note)
    return state(interview, problem.device)
