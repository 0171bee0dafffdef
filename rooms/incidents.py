"""Incidents: what disturbed an oral, said by a person; some of them end it.

A machine reports only its own failures (a recording that stopped), never a person, and nothing
here decides about the candidate: an incident that ends the oral suspends the candidacy until a
coordinator has looked. A technical failure is nobody's fault and needs no decision: the candidate
may have another appointment at once, at no cost.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates, journey, oral_letter, support, window
from enrolment.models import Candidacy, GateKind, Stage
from kernel import audit, clock, i18n, links
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import SYSTEM, Actor, Permission, check
from kernel.settings import Settings
from people import entry, letters
from people import queries as people_queries
from rooms import chat, ending, joining, recordings
from rooms.changes import changed, take, tell_lists
from rooms.models import Incident, IncidentKind, Interview, InterviewState
from rooms.transitions import Act
from scheduling import appointments, occupancy
from scheduling.models import Appointment, AppointmentState

ALWAYS_FATAL = frozenset({IncidentKind.CANDIDATE_ABSENT})
FREES = frozenset({IncidentKind.TECHNICAL, IncidentKind.EVALUATOR_ABSENT})
NOT_BY_HAND = frozenset({IncidentKind.IDENTITY_REFUSED, IncidentKind.EVALUATOR_ABSENT})
MOST_WORDS = 1000


def report(
    db: Session,
    actor: Actor,
    settings: Settings,
    interview: Interview,
    kind: str,
    note: str,
    *,
    fatal: bool,
) -> None:
    """Note an incident; a fatal one ends the oral, and the candidate is told what happens next.

    Raises:
        Forbidden: not this interview's evaluator.
        Refused: the room is not open, or the candidate's absence comes too soon.
        Invalid: no such kind, or no note.
    """
    check(db, actor, Permission.CONDUCT_INTERVIEW, interview)
    take(db, interview, Act.INCIDENT)
    what, words = _kind(kind), _words(note)
    if what is IncidentKind.CANDIDATE_ABSENT:
        _check_absence(interview)
    if fatal or what in ALWAYS_FATAL:
        interview.state = InterviewState.ABORTED
        abort(db, actor, settings, interview, what, words)
        return
    _write(db, actor, interview, what, words, fatal=False)
    changed(db, actor, interview, "incident", kind=str(what))


def report_problem(
    db: Session, actor: Actor, settings: Settings, interview: Interview, note: str
) -> None:
    """Note what the candidate says troubles them, and say it to whoever can help now.

    The evaluator reads it among the oral's messages; while they are not there, the coordinators do
    as well, and answer by mail.

    Raises:
        Forbidden: not this interview's candidate.
        Refused: the oral is over.
        Invalid: no words.
    """
    check(db, actor, Permission.SIT_INTERVIEW, interview)
    take(db, interview, Act.PROBLEM)
    words = _words(note)
    incident = _write(db, actor, interview, IncidentKind.TECHNICAL, words, fatal=False)
    chat.add(db, actor, interview, f"problem-{incident.id}", words)
    appointment = interview.appointment
    claim = joining.claim_of(db, interview, appointment.evaluator_id)
    if not joining.is_here(claim, clock.now()):
        support.ask(db, actor, settings, appointment.candidacy, words, {"page": "oral"})
    changed(db, actor, interview, "problem")


def unread(db: Session, candidacy_id: int) -> list[Incident]:
    """Return the incidents of a candidacy's orals that no coordinator has read, in their order."""
    return list(
        db.scalars(
            select(Incident)
            .join(Interview, Interview.id == Incident.interview_id)
            .join(Appointment, Appointment.id == Interview.appointment_id)
            .where(Appointment.candidacy_id == candidacy_id, Incident.read_at.is_(None))
            .order_by(Incident.id)
        )
    )


def unread_kinds(db: Session, ids: Collection[int]) -> dict[int, list[IncidentKind]]:
    """Return what happened and was not read, by candidacy, in its order."""
    kinds: dict[int, list[IncidentKind]] = {}
    rows = db.execute(
        select(Appointment.candidacy_id, Incident.kind)
        .join(Interview, Interview.appointment_id == Appointment.id)
        .join(Incident, Incident.interview_id == Interview.id)
        .where(Appointment.candidacy_id.in_(ids), Incident.read_at.is_(None))
        .order_by(Incident.id)
    )
    for candidacy_id, kind in rows:
        kinds.setdefault(candidacy_id, []).append(kind)
    return kinds


def acknowledge(db: Session, actor: Actor, candidacy: Candidacy) -> int:
    """Take note of every incident of a candidacy's orals; return how many had not been read.

    Raises:
        Forbidden: the actor does not coordinate.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    incidents = unread(db, candidacy.id)
    for incident in incidents:
        incident.read_at, incident.read_by_id = clock.now(), actor.user_id
        audit.record(db, actor, "incident.read", incident, candidacy_id=candidacy.id)
    return len(incidents)


def settle(db: Session, actor: Actor, candidacy: Candidacy, reason: str) -> None:
    """Let a candidacy that an incident, a withdrawal or its window stopped have another oral.

    Whoever may choose its hour by now is told so.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: no reason.
        Refused: nothing is to be decided about it.
    """
    if not reason.strip():
        raise Invalid(N_("Dites ce qui a été décidé, et pourquoi."), "reason")
    journey.lock(db, candidacy)
    if candidacy.stage not in (Stage.SUSPENDED, Stage.WITHDRAWN, Stage.EXPIRED):
        raise Refused(N_("Cette candidature n'attend pas de décision."))
    acknowledge(db, actor, candidacy)
    withheld = gates.find(db, candidacy, GateKind.WITHHELD)
    if withheld is not None and withheld.open:
        gates.put(db, candidacy, GateKind.WITHHELD, is_open=False, detail=withheld.detail)
    journey.move(db, actor, candidacy, Stage.ENROLLED, reason)
    if gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT):
        oral_letter.queue(db, candidacy, again=True)


def note_failure(db: Session, interview: Interview, words: str) -> None:
    """Note what a machine could not do, for the evaluator and the coordinator to know of.

    `words` is a French sentence of the catalogue, kept in the evaluator's language.
    """
    said = i18n.gettext(interview.appointment.evaluator.locale, words)
    _write(db, SYSTEM, interview, IncidentKind.TECHNICAL, said, fatal=False)


def abort(
    db: Session,
    actor: Actor,
    settings: Settings,
    interview: Interview,
    kind: IncidentKind,
    words: str,
) -> None:
    """End an oral whose state says already that an incident stopped it."""
    began = interview.started_at is not None
    _write(db, actor, interview, kind, words, fatal=True)
    ending.finish(db, interview)
    appointment, candidacy = interview.appointment, interview.appointment.candidacy
    calendar = None
    if kind in FREES and not began:
        calendar = appointments.fall_through(db, actor, settings, appointment, str(kind))
    else:
        appointment.state = AppointmentState.HELD if began else AppointmentState.CANCELLED
        occupancy.release(db, appointment)
    if kind in FREES:
        journey.move(db, actor, candidacy, Stage.ENROLLED, str(kind))
        window.hold_open(db, actor, candidacy)
    else:
        journey.move(db, actor, candidacy, Stage.SUSPENDED, str(kind))
        gates.put(db, candidacy, GateKind.WITHHELD, is_open=True, detail=str(kind))
    changed(db, actor, interview, "abort", kind=str(kind))
    tell_lists(db, interview)
    _tell_candidate(db, interview, kind, words, calendar)
    if kind is IncidentKind.CANDIDATE_ABSENT:
        _tell_organisation(db, settings, interview)


def _tell_candidate(
    db: Session,
    interview: Interview,
    kind: IncidentKind,
    words: str,
    calendar: dict[str, Any] | None,
) -> None:
    candidacy = interview.appointment.candidacy
    user = candidacy.candidate.user
    letters.to(
        db,
        user,
        "oral_incident",
        {
            "certification": letters.in_each_language(candidacy.certification.name),
            "kind": str(kind),
            "explanation": words if kind is IncidentKind.IDENTITY_REFUSED else "",
            "books": kind in FREES,
        },
        opens=entry.leads_to("booking", candidacy_id=candidacy.id)
        if kind in FREES
        else entry.leads_to("candidate_home"),
        calendar=calendar,
        dedupe=f"oral_incident:{interview.id}",
    )


def _tell_organisation(db: Session, settings: Settings, interview: Interview) -> None:
    appointment, candidacy = interview.appointment, interview.appointment.candidacy
    for manager in people_queries.managers(db, candidacy.organisation_id):
        letters.to(
            db,
            manager,
            "organisation_absence",
            {
                "organisation": candidacy.organisation.name,
                "candidate": candidacy.candidate.name,
                "certification": letters.in_each_language(candidacy.certification.name),
                "starts_at": appointment.starts_at.isoformat(),
                "link": links.address(
                    settings, "organisation_candidacy", candidacy_id=candidacy.id
                ),
            },
            dedupe=f"organisation_absence:{interview.id}:{manager.id}",
        )


def _kind(kind: str) -> IncidentKind:
    if kind not in set(IncidentKind) or kind in NOT_BY_HAND:
        raise Invalid(N_("Choisissez ce qui s'est passé."), "kind")
    return IncidentKind(kind)


def _words(note: str) -> str:
    words = note.strip()
    if not words:
        raise Invalid(N_("Dites en quelques mots ce qui s'est passé."), "note")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "note")
    return words


def absent_from(appointment: Appointment) -> datetime:
    """Return from when on somebody who has not come is absent, by their certification."""
    minutes = appointment.candidacy.certification.absence_minutes
    return appointment.starts_at + timedelta(minutes=minutes)


def _check_absence(interview: Interview) -> None:
    if interview.waiting_since is not None:
        raise Refused(N_("Le candidat est là : choisissez un autre incident."))
    left = absent_from(interview.appointment) - clock.now()
    if left > timedelta():
        raise Refused(
            N_("Attendez encore %(minutes)d min avant de constater l'absence."),
            minutes=math.ceil(left.total_seconds() / 60),
        )


def _write(
    db: Session, actor: Actor, interview: Interview, kind: IncidentKind, words: str, *, fatal: bool
) -> Incident:
    incident = Incident(
        interview_id=interview.id,
        kind=kind,
        note=words,
        fatal=fatal,
        by_id=actor.user_id,
        at=clock.now(),
        part=interview.part,
        second=recordings.second(interview, clock.now()),
    )
    db.add(incident)
    db.flush()
    audit.record(
        db,
        actor,
        "incident.report",
        incident,
        candidacy_id=interview.appointment.candidacy_id,
        kind=str(kind),
        fatal=fatal,
    )
    return incident
