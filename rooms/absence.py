"""An evaluator who does not come: found, told of, and the candidate freed.

Two minutes after the start, whoever examines must have opened the room, and be there while the
candidate waits. The coordinators hear of it once by mail, and see it for as long as it lasts.
Whoever is still with another candidate is late, not absent: both know where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from enrolment import journey
from enrolment.models import Candidacy
from kernel import clock, links, live, outbox
from kernel.db import Database
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import SYSTEM, Actor, Permission, Role, check
from kernel.settings import Settings
from people import letters
from people import queries as people
from rooms import incidents
from rooms.changes import lock
from rooms.interview import create_for
from rooms.joining import is_here
from rooms.models import DeviceClaim, IncidentKind, Interview, InterviewState
from rooms.queries import of_appointment
from rooms.transitions import UNDER_WAY
from scheduling import appointments
from scheduling.models import Appointment, AppointmentState

PATIENCE: Final = timedelta(minutes=2)
LOOKED_FOR: Final = timedelta(hours=2)
"""After so long nobody waits any more; what became of the oral is for the coordinator to say."""
NOT_MET: Final = (InterviewState.PLANNED, InterviewState.OPEN)

BY_ITSELF = N_("L'évaluateur ne s'est pas présenté à l'heure de l'oral.")


@dataclass(frozen=True)
class Absence:
    """An oral whose evaluator is missing, and since when its candidate waits, if they do."""

    appointment: Appointment
    waiting_since: datetime | None


def absent(db: Session) -> list[Absence]:
    """Return the orals whose evaluator should be there and is not, in two statements at most."""
    now = clock.now()
    mine = aliased(DeviceClaim)
    rows = db.execute(
        select(Appointment, Interview, mine)
        .outerjoin(Interview, Interview.appointment_id == Appointment.id)
        .outerjoin(
            mine,
            (mine.interview_id == Interview.id) & (mine.user_id == Appointment.evaluator_id),
        )
        .where(
            Appointment.state == AppointmentState.PLANNED,
            Appointment.starts_at <= now - PATIENCE,
            Appointment.starts_at > now - LOOKED_FOR,
            Interview.id.is_(None) | Interview.state.in_(NOT_MET),
        )
        .options(
            joinedload(Appointment.evaluator),
            joinedload(Appointment.candidacy).joinedload(Candidacy.candidate),
            joinedload(Appointment.candidacy).joinedload(Candidacy.certification),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
    late = [
        Absence(appointment, interview.waiting_since if interview else None)
        for appointment, interview, claim in rows
        if not is_here(claim, now) and _missed(interview)
    ]
    elsewhere = _elsewhere(db, [missing.appointment.evaluator_id for missing in late], now)
    return [missing for missing in late if missing.appointment.evaluator_id not in elsewhere]


def _missed(interview: Interview | None) -> bool:
    return interview is None or interview.opened_at is None or interview.waiting_since is not None


def _elsewhere(db: Session, evaluators: Sequence[int], now: datetime) -> set[int]:
    """Return which evaluators are in the room of another candidate now."""
    if not evaluators:
        return set()
    rows = db.scalars(
        select(DeviceClaim)
        .join(Interview, DeviceClaim.interview_id == Interview.id)
        .where(
            DeviceClaim.user_id.in_(evaluators),
            Interview.state.in_(UNDER_WAY),
            Interview.waiting_since.is_not(None),
        )
    )
    return {row.user_id for row in rows if is_here(row, now)}


def of_candidacy(db: Session, candidacy_id: int) -> Absence | None:
    """Return the oral of a candidacy whose evaluator is missing now, if that is so."""
    return next(
        (missing for missing in absent(db) if missing.appointment.candidacy_id == candidacy_id),
        None,
    )


def watch(database: Database, settings: Settings) -> int:
    """Tell the coordinators of each absence once; return how many are new.

    Where the installation wants so, the candidate is freed once the certification's minutes of
    absence are over.
    """
    with database.transaction() as db:
        late = absent(db)
        fresh = sum(_tell(db, settings, missing) for missing in late)
    if settings.free_when_evaluator_absent:
        for number in [missing.appointment.id for missing in late]:
            with database.transaction() as db:
                _free_in_time(db, settings, number)
    return fresh


def _free_in_time(db: Session, settings: Settings, number: int) -> None:
    appointment = db.get_one(Appointment, number)
    if clock.now() < incidents.absent_from(appointment):
        return
    if of_candidacy(db, appointment.candidacy_id) is not None:
        free(db, SYSTEM, settings, appointment, BY_ITSELF)


def _tell(db: Session, settings: Settings, absence: Absence) -> bool:
    appointment = absence.appointment
    start = int(appointment.starts_at.timestamp())
    keys = {
        f"evaluator_absent:{appointment.id}:{start}:{user.id}": user
        for user in people.staff(db, Role.COORDINATOR)
        if user.active
    }
    known = outbox.known(db, list(keys))
    for key, user in keys.items():
        if key in known:
            continue
        letters.to(
            db,
            user,
            "evaluator_absent",
            {
                "evaluator": appointment.evaluator.name,
                "candidate": appointment.candidacy.candidate.name,
                "starts_at": appointment.starts_at.isoformat(),
                "waits": absence.waiting_since is not None,
                "link": links.address(
                    settings, "coordinator_candidacy", candidacy_id=appointment.candidacy_id
                ),
            },
            dedupe=key,
        )
    if known:
        return False
    live.publish(db, "plan")
    return True


def free(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    """End an oral to which its evaluator does not come: the candidate books anew, free, at once.

    Raises:
        Forbidden: neither a coordinator nor its evaluator.
        Invalid: no reason.
        Refused: the evaluator is there by now, or the oral is over.
    """
    check(db, actor, Permission.HAND_OVER, appointment)
    if not reason.strip():
        raise Invalid(N_("Dites en quelques mots ce qui s'est passé."), "reason")
    interview = of_appointment(db, appointment.id)
    if interview is not None:
        lock(db, interview)  # before the candidacy, as whoever opens the room does
    journey.lock(db, appointment.candidacy)
    db.refresh(appointment, attribute_names=appointments.AS_IT_STANDS)
    if of_candidacy(db, appointment.candidacy_id) is None:
        raise Refused(
            N_("L'évaluateur est là, ou l'oral n'attend plus : le rendez-vous reste tel quel.")
        )
    interview = interview or create_for(db, actor, appointment)
    interview.state = InterviewState.ABORTED
    incidents.abort(db, actor, settings, interview, IncidentKind.EVALUATOR_ABSENT, reason.strip())
    live.publish(db, "plan")
