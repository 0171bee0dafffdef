"""Orals of the demo that are over: marked, validated, suspended.

Nobody was on video in them, so that they have parts, marks and notes, and no recording.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from enrolment import gates, journey
from enrolment.models import Candidacy, GateKind
from enrolment.models import Stage as CandidacyStage
from evaluator_app.demo.stage import Stage
from kernel.permissions import Role
from people.languages import Language
from people.models import User
from proctor.models import DocumentType, IdentityCheck, IdentityState
from rooms import interview as orals
from rooms.models import Incident, IncidentKind, Interview, InterviewState, PartRun, TalkTime
from rubrics import marking, noting
from scheduling.models import Appointment, AppointmentState

LENGTHS = (245, 432, 410)  # seconds that each part took
NOTES: dict[Language, dict[str, tuple[str, ...]]] = {
    Language.EN: {
        "listening": ("suit sans faire répéter", "une consigne reformulée"),
        "pronunciation": ("accent tonique déplacé sur « development »", "intonation vivante"),
        "vocabulary": (
            "collocations justes : « meet a deadline »",
            "cherche « supplier », paraphrase",
        ),
        "fluency": ("débit régulier, peu de pauses", "hésite avant les chiffres"),
        "grammar": ("conditionnel maîtrisé", "oublie le -s de la troisième personne"),
        "interaction": ("relance la discussion de lui-même", "vérifie qu'il a compris"),
    },
    Language.FR: {
        "listening": ("suit un débit normal", "fait répéter « sous réserve »"),
        "pronunciation": (
            "« u » et « ou » confondus : « dessus, dessous »",
            "liaisons bien faites",
        ),
        "vocabulary": (
            "mots du commerce : « devis », « acompte »",
            "« regarder » pour « vérifier »",
        ),
        "fluency": ("cherche ses mots sans s'arrêter", "enchaîne par « du coup »"),
        "grammar": ("passé composé sûr", "subjonctif évité après « il faut que »"),
        "interaction": ("reformule pour vérifier", "propose une autre solution"),
    },
}


def hold(stage: Stage, appointment: Appointment) -> Interview:
    """Play an oral to its end, at the time of its appointment."""
    db, begins = stage.db, appointment.starts_at + timedelta(minutes=4)
    candidacy = appointment.candidacy
    evaluator = appointment.evaluator
    interview = orals.create_for(db, evaluator.actor, appointment)
    identity = _identify(stage, candidacy, evaluator, begins)
    moment = begins
    for part, seconds in enumerate(LENGTHS, start=1):
        over = moment + timedelta(seconds=seconds)
        db.add(PartRun(interview_id=interview.id, part=part, started_at=moment, ended_at=over))
        for role, share in ((Role.CANDIDATE, 0.62), (Role.EVALUATOR, 0.27)):
            spoken = round(seconds * share, 1)
            db.add(TalkTime(interview_id=interview.id, role=str(role), part=part, seconds=spoken))
        moment = over
    interview.identity_check_id = identity.id
    interview.opened_at = appointment.starts_at - timedelta(minutes=3)
    interview.waiting_since = appointment.starts_at - timedelta(minutes=1)
    interview.admitted_at = appointment.starts_at
    interview.started_at, interview.ended_at = begins, moment
    interview.state = InterviewState.ENDED
    appointment.state = AppointmentState.HELD
    journey.move(db, evaluator.actor, candidacy, CandidacyStage.IN_ORAL)
    journey.move(db, evaluator.actor, candidacy, CandidacyStage.MARKING)
    db.flush()
    return interview


def _identify(
    stage: Stage, candidacy: Candidacy, evaluator: User, moment: datetime
) -> IdentityCheck:
    check = IdentityCheck(
        candidacy_id=candidacy.id,
        state=IdentityState.CONFIRMED,
        checked_by_id=evaluator.id,
        checked_at=moment,
        document_type=DocumentType.IDENTITY_CARD,
        document_expiry=(moment + timedelta(days=900)).date(),
        agrees=["birth_name", "first_names", "birth_date", "face"],
        created_at=moment,
    )
    stage.db.add(check)
    gates.put(stage.db, candidacy, GateKind.EQUIPMENT, is_open=True)
    gates.put(stage.db, candidacy, GateKind.IDENTITY, is_open=True)
    return check


def mark(stage: Stage, interview: Interview, thirds: tuple[int, ...]) -> None:
    """Let the evaluator fill in the whole grid and submit it."""
    db, evaluator = stage.db, interview.appointment.evaluator
    sheet = marking.open_sheet(db, evaluator.actor, interview.performance)
    db.flush()
    notes = NOTES[interview.appointment.candidacy.certification.language]
    elapsed = 0.0
    for place, (criterion, value) in enumerate(zip(notes, thirds, strict=True)):
        marking.set_mark(db, evaluator.actor, sheet, criterion, thirds=value)
        for number, text in enumerate(notes[criterion]):
            elapsed += 74.0
            part = 1 if elapsed < 245 else 2 if elapsed < 677 else 3
            noting.add_note(
                db,
                evaluator.actor,
                sheet,
                f"demo-{place}-{number}",
                text,
                criterion=criterion,
                part=part,
                second=elapsed,
            )
    marking.submit(db, evaluator.actor, sheet)


def interrupt(stage: Stage, appointment: Appointment) -> None:
    """Play an oral that was stopped in its second part: the coordinator must look."""
    db, begins = stage.db, appointment.starts_at + timedelta(minutes=5)
    evaluator, candidacy = appointment.evaluator, appointment.candidacy
    interview = orals.create_for(db, evaluator.actor, appointment)
    identity = _identify(stage, candidacy, evaluator, begins)
    middle, over = begins + timedelta(seconds=260), begins + timedelta(seconds=395)
    db.add(PartRun(interview_id=interview.id, part=1, started_at=begins, ended_at=middle))
    db.add(PartRun(interview_id=interview.id, part=2, started_at=middle, ended_at=over))
    db.add(
        Incident(
            interview_id=interview.id,
            kind=IncidentKind.INTERRUPTION,
            note="Alarme incendie chez le candidat : le bâtiment a été évacué.",
            fatal=True,
            by_id=evaluator.id,
            at=over,
            part=2,
            second=395.0,
        )
    )
    interview.identity_check_id = identity.id
    interview.opened_at = interview.waiting_since = appointment.starts_at
    interview.admitted_at, interview.started_at = appointment.starts_at, begins
    interview.ended_at, interview.state = over, InterviewState.ABORTED
    appointment.state = AppointmentState.HELD
    journey.move(db, evaluator.actor, candidacy, CandidacyStage.IN_ORAL)
    journey.move(db, evaluator.actor, candidacy, CandidacyStage.SUSPENDED, "interruption")
    gates.put(db, candidacy, GateKind.WITHHELD, is_open=True, detail="interruption")
