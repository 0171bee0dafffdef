"""The page of an oral: preparing, waiting, the room and its end, all in one, so that nothing stops.

Its scripts ask and act through `oral_actions`; this only renders the page with the state it begins
from.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.models import Stage
from evaluator_app.desks.candidate.journey_results import Expected
from evaluator_app.desks.candidate.sayings import oral_sayings
from evaluator_app.desks.candidate.side_roads import lines_of
from evaluator_app.desks.shared import dates
from evaluator_app.desks.shared.equipment import EquipmentPage, equipment_sayings
from evaluator_app.desks.shared.ice import ice_servers
from evaluator_app.desks.shared.oral_edge import load_interview
from evaluator_app.desks.shared.personal_link import masked, send_link
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.web.edge import actor, db, for_role, house, needs, person, reach
from kernel import clock
from kernel.errors import NotThere
from kernel.permissions import Permission, Role, check
from people import consents
from proctor import equipment
from proctor.models import EquipmentVerdict
from proctor.pictures import MOST_BYTES
from results import expecting
from rooms import interview as interviews
from rooms import queries, snapshot
from rooms.joining import BEAT
from rooms.models import IncidentKind, Interview
from rooms.states import CandidateState
from scheduling.models import Appointment


class OralPage(EquipmentPage):
    """What the scripts of the oral's page need to begin."""

    base: str
    state: CandidateState
    tested: bool
    acknowledged: bool
    beat_s: float
    most_picture_bytes: int


sits = needs(Permission.SIT_INTERVIEW, load=load_interview)


@sits
def oral(interview: Interview) -> ResponseReturnValue:
    """Show the oral from wherever it stands; once its results are published, show these."""
    candidacy = interview.appointment.candidacy
    if candidacy.stage is Stage.VALIDATED:
        return redirect(url_for(".results", candidacy_id=candidacy.id))
    user, moment, settings = person(), clock.now(), house().settings
    state = snapshot.for_candidate(db(), interview, moment)
    tested = equipment.standing(db(), user.id)
    appointment = interview.appointment
    page = OralPage(
        base=url_for(".oral", interview_id=interview.id),
        equipment=url_for(".equipment"),
        state=state,
        ice=ice_servers(settings, user.id, moment),
        tested=tested is not None and tested.verdict is not EquipmentVerdict.BLOCKED,
        acknowledged=not consents.missing(db(), user.id),
        beat_s=BEAT.total_seconds(),
        most_picture_bytes=MOST_BYTES,
        phone=is_phone(request.user_agent.string),
        words=oral_sayings() | equipment_sayings(),
    )
    return render_template(
        "candidate/oral.html",
        data=page.sent(),
        state=state.sent(),
        interview=interview,
        candidacy=candidacy,
        when=dates.say(appointment.starts_at, user.timezone),
        wait=dates.wait(moment, appointment.starts_at),
        parts=state.parts,
        missing=consents.missing(db(), user.id),
        tested=page.tested,
        phone=page.phone,
        address=masked(user.email),
        by_link=bool(reach()),
        incidents={str(kind): lines_of(kind) for kind in IncidentKind},
        months=settings.recording_months,
        picture_hours=settings.identity_picture_hours,
        sent=request.args.get("sent") == "1",
        expected=Expected(expecting.of(db(), appointment), moment),
    )


@for_role(Role.CANDIDATE, on_the_way=True)
def own_oral() -> ResponseReturnValue:
    """Go to the oral that the personal link opened; whoever signed in otherwise goes home."""
    number = int(reach().partition(":")[2] or 0)
    interview = queries.of_appointment(db(), number)
    if interview is None:
        return redirect(url_for(".home"))
    return redirect(url_for(".oral", interview_id=interview.id))


@sits
def oral_send(interview: Interview) -> ResponseReturnValue:
    """Send the personal link to the candidate's own address, to be opened on a computer."""
    send_link(interview.appointment)
    return redirect(url_for(".oral", interview_id=interview.id, sent=1))


@for_role(Role.CANDIDATE)
def oral_of_appointment(appointment_id: int) -> ResponseReturnValue:
    """Go to the oral of an appointment that has no interview yet."""
    appointment = db().get(Appointment, appointment_id)
    if appointment is None:
        raise NotThere
    check(db(), actor(), Permission.ANSWER_FOR_CANDIDACY, appointment.candidacy)
    interview = interviews.create_for(db(), actor(), appointment)
    return redirect(url_for(".oral", interview_id=interview.id))
