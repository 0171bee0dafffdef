"""The acts of an oral, from its making to its end; each by the table of `rooms.transitions`.

Each verb checks who acts, is harmless when done twice, writes the log, counts the change and
tells the browsers. None commits. Identity, incidents, cards and chat have modules of their own.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Stage
from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from people import consents
from proctor import equipment, identity
from proctor.models import EquipmentVerdict
from rooms import cards, content_sets, contents, ending, joining, queries, recordings, rules
from rooms.changes import changed, take, tell_lists
from rooms.models import Interview, PartRun
from rooms.timers import PARTS
from rooms.transitions import Act, step
from rubrics import assignments, publishing
from rubrics.models import Performance, PerformanceKind
from scheduling.mandates import mandate_of
from scheduling.models import Appointment, AppointmentState

NO_MANDATE = N_(
    "Votre accréditation ou vos liens ont changé : vous ne pouvez plus tenir cet oral. "
    "La coordination le confie à un collègue."
)
EARLY = timedelta(hours=1)
"""How long before its hour a room may be opened: an open one keeps the appointment from moving."""


def create_for(db: Session, actor: Actor, appointment: Appointment) -> Interview:
    """Make the interview of `appointment` and what will be marked; again returns the same one.

    Raises:
        Refused: no grid was published for this certification, or no oral can be held with what
            is published in its language.
    """
    db.execute(
        select(Appointment.id).where(Appointment.id == appointment.id).with_for_update(**LOCK)
    )
    known = queries.of_appointment(db, appointment.id)
    if known is not None:
        return known
    candidacy = appointment.candidacy
    content_set = contents.require(db, candidacy.certification)
    performance = Performance(
        kind=PerformanceKind.INTERVIEW,
        rubric_id=publishing.row_in_force(db, candidacy.certification.rubric_id).id,
        language=candidacy.certification.language,
        candidacy_id=candidacy.id,
        created_at=clock.now(),
    )
    interview = Interview(
        appointment=appointment,
        performance=performance,
        content_set=content_set,
        room=secrets.token_urlsafe(18),
    )
    db.add_all([performance, interview])
    db.flush()
    assignments.conduct(db, actor, performance, appointment.evaluator_id)
    audit.record(db, actor, "interview.create", interview, candidacy_id=candidacy.id)
    return interview


def opens_at(interview: Interview) -> datetime:
    """Return the moment from which the room may be opened."""
    return interview.appointment.starts_at - EARLY


def open_room(db: Session, actor: Actor, interview: Interview) -> None:
    """Open the room: the candidate may be let in from now on.

    The oral is held and marked by the content and the grid that are in force now. The video server
    opens its own with the first browser that joins (`joining.connect`).

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: the appointment was cancelled or is more than an hour away, the oral is over, or
            the evaluator lost the mandate to examine since it was booked.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    appointment = interview.appointment
    if appointment.state is AppointmentState.CANCELLED:
        raise Refused(N_("Ce rendez-vous a été annulé."))
    if not take(db, interview, Act.OPEN):
        return
    if clock.now() < opens_at(interview):
        raise Refused(N_("La salle s'ouvre au plus tôt une heure avant le rendez-vous."))
    mandate = mandate_of(appointment.candidacy)
    if not mandate.allows(db, appointment.evaluator_id, appointment.starts_at):
        raise Refused(NO_MANDATE)
    interview.opened_at = clock.now()
    certification = appointment.candidacy.certification
    interview.content_set = content_sets.of(db, certification) or interview.content_set
    publishing.take_in_force(db, interview.performance, certification.rubric_id)
    journey.move(db, actor, interview.appointment.candidacy, Stage.IN_ORAL)
    changed(db, actor, interview, "open")
    tell_lists(db, interview)


def enter_waiting_room(
    db: Session, actor: Actor, interview: Interview, device: str, *, take_over: bool = False
) -> None:
    """Let the candidate wait; once they were admitted it changes nothing.

    Raises:
        Forbidden: not this interview's candidate.
        Refused: a text is not acknowledged, the equipment was not tested or does not do, another
            device is there, the appointment was cancelled, or the oral is over.
    """
    check(db, actor, Permission.SIT_INTERVIEW, interview)
    if interview.appointment.state is AppointmentState.CANCELLED:
        raise Refused(N_("Ce rendez-vous a été annulé."))
    user_id = interview.appointment.candidacy.candidate.user_id
    if consents.missing(db, user_id):
        raise Refused(N_("Lisez et acceptez d'abord les informations sur l'enregistrement."))
    tested = equipment.standing(db, user_id)
    if tested is None or tested.verdict is EquipmentVerdict.BLOCKED:
        raise Refused(N_("Testez d'abord votre équipement : cela prend une minute."))
    moves = take(db, interview, Act.WAIT)
    joining.claim(db, actor, interview, device, take_over=take_over, must=True)
    if moves and interview.waiting_since is None:
        interview.waiting_since = clock.now()
        changed(db, actor, interview, "wait")
        tell_lists(db, interview)


def admit(db: Session, actor: Actor, interview: Interview) -> None:
    """Let the candidate in, for their identity to be checked.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: nobody waits, the room is not open, or the oral is over.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    if not take(db, interview, Act.ADMIT):
        return
    if interview.waiting_since is None:
        raise Refused(N_("Le candidat n'est pas encore en salle d'attente."))
    interview.admitted_at = clock.now()
    interview.identity_check = identity.open_check(db, interview.appointment.candidacy)
    changed(db, actor, interview, "admit")


def may_start(db: Session, actor: Actor, interview: Interview) -> bool:
    """Tell whether `start` would begin the oral now; False: it has begun.

    An oral that is not recorded cannot begin: the edge asks this, lets go of the database, has
    the room recorded (`recordings.roll`), and then starts.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: the identity is not confirmed, or the oral is over.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    return step(Act.START, interview.state) is not None


def start(db: Session, actor: Actor, interview: Interview) -> None:
    """Begin part 1 of an oral that `recordings.roll` has just had recorded.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: the identity is not confirmed, or the oral is over.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    if not take(db, interview, Act.START):
        return
    moment = clock.now()
    interview.started_at, interview.part = moment, 1
    rules.keep(interview)
    db.add(PartRun(interview_id=interview.id, part=1, started_at=moment))
    recordings.begin(db, actor, interview)
    changed(db, actor, interview, "start")
    tell_lists(db, interview)


def next_part(db: Session, actor: Actor, interview: Interview, seen: int | None = None) -> None:
    """Go on to the next part; `seen` is the part that the page saw running (a double click).

    After the commit the edge tells the recording (`recordings.mark_part`).

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: no part runs, or the last one does.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.NEXT)
    here = interview.part or 1
    if seen is not None and seen != here:
        return
    if here == PARTS[-1]:
        raise Refused(N_("C'est la dernière partie : terminez l'entretien."))
    moment = clock.now()
    paused = ending.close_part(db, interview, moment)
    interview.part = here + 1
    run = PartRun(
        interview_id=interview.id,
        part=here + 1,
        started_at=moment,
        paused_at=moment if paused else None,
    )
    db.add(run)
    cards.deal_if_level(db, interview)
    changed(db, actor, interview, "next", part=here + 1)


def end(db: Session, actor: Actor, interview: Interview) -> None:
    """End the oral: the recording stops, the room closes after the commit, marking begins.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: it has not begun, or an incident ended it.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    if not take(db, interview, Act.END):
        return
    ending.finish(db, interview)
    interview.appointment.state = AppointmentState.HELD
    journey.move(db, actor, interview.appointment.candidacy, Stage.MARKING)
    changed(db, actor, interview, "end")
    tell_lists(db, interview)
