"""Who hears of an appointment, and how: one letter each, with its calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel import calendar, clock, links, live
from kernel.errors import N_
from kernel.mail import Recipient
from kernel.settings import Settings
from people import delivery, entry, letters
from people.letters import Letter, Opens
from people.models import User
from scheduling.models import Appointment

REQUEST, CANCEL = "REQUEST", "CANCEL"
CANDIDATE = {
    "summary": N_("Oral, %(certification)s"),
    "description": N_(
        "Votre oral se passe par vidéo, sur un ordinateur ou une tablette. Préparez votre"
        " pièce d'identité, puis ouvrez votre lien personnel : %(link)s"
    ),
    "reminder": N_("Votre oral commence bientôt"),
}
EVALUATOR = {
    "summary": N_("Oral à conduire, %(certification)s"),
    "description": N_("Ouvrez vos entretiens pour entrer dans la salle : %(link)s"),
    "reminder": CANDIDATE["reminder"],
}
"""What the calendar of each of them says."""
PERSONAL_LINK = "personal_link"


def personal_link(settings: Settings, appointment: Appointment) -> str:
    """Return the candidate's link, always the same until it is renewed (`link_number`).

    It names the appointment, wherever that moves; `rooms.joining` says until when it opens.
    """
    bears = {"a": appointment.id, "n": appointment.link_number}
    token = links.sign(settings, "personal", bears, at=appointment.created_at)
    return links.address(settings, "personal", token=token)


def opens(appointment: Appointment) -> Opens:
    """Return the personal link as a letter names it: made when the letter is written."""
    return Opens(PERSONAL_LINK, {"appointment": appointment.id})


@letters.makes(PERSONAL_LINK)
def _make_personal_link(
    db: Session, settings: Settings, _letter: Letter, facts: Mapping[str, Any]
) -> dict[str, Any]:
    return {"link": personal_link(settings, db.get_one(Appointment, facts["appointment"]))}


def placed(db: Session, settings: Settings, appointment: Appointment) -> None:
    """Tell both that an oral is placed."""
    _candidate(db, appointment, "appointment_confirmed")
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, appointment.evaluator_id)


def moved(
    db: Session, settings: Settings, appointment: Appointment, was_at: datetime, was_with: User
) -> None:
    """Tell the candidate and the evaluator of another hour; one who no longer comes, that too."""
    _candidate(db, appointment, "appointment_moved", was_at=was_at)
    if was_with.id != appointment.evaluator_id:
        _evaluator(db, settings, appointment, was_with, "evaluator_released", CANCEL, was_at)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, was_with.id, appointment.evaluator_id)


def handed_over(db: Session, settings: Settings, appointment: Appointment, was_with: User) -> None:
    """Tell all three that another evaluator comes at the same hour."""
    _candidate(db, appointment, "appointment_handed_over")
    _evaluator(db, settings, appointment, was_with, "evaluator_released", CANCEL)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, was_with.id, appointment.evaluator_id)


def cancelled(db: Session, settings: Settings, appointment: Appointment) -> None:
    """Tell both that the oral does not take place then."""
    _candidate(db, appointment, "appointment_cancelled", CANCEL)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_released", CANCEL)
    _live(db, appointment, appointment.evaluator_id)


def own_calendar(
    settings: Settings, appointment: Appointment, locale: str, zone: str
) -> calendar.Occasion:
    """Return an appointment as the candidate's calendar gets it with each letter about it."""
    user = appointment.candidacy.candidate.user
    letter = Letter(
        key=appointment.uid,
        template="appointment_confirmed",
        queued_at=clock.now(),
        reader=user,
        to=Recipient(user.name, user.email or ""),
        locale=locale,
        zone=zone,
        context={"link": personal_link(settings, appointment)},
    )
    wanted = _calendar(appointment, REQUEST, CANDIDATE, appointment.starts_at)
    return delivery.occasion(settings, wanted, letter)


def fell_through(db: Session, settings: Settings, appointment: Appointment) -> dict[str, Any]:
    """Tell the evaluator that the oral did not begin; return the file for the candidate's letter.

    What the candidate is told is for whoever knows what happened.
    """
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_released", CANCEL)
    _live(db, appointment, appointment.evaluator_id)
    return _calendar(appointment, CANCEL, CANDIDATE, appointment.starts_at)


def _candidate(
    db: Session,
    appointment: Appointment,
    template: str,
    method: str = REQUEST,
    was_at: datetime | None = None,
) -> None:
    candidacy, user = appointment.candidacy, appointment.candidacy.candidate.user
    until = appointment.change_until
    context = _context(appointment) | {
        "was_at": (was_at or appointment.starts_at).isoformat(),
        "reason": appointment.reason,
        "move_until": until.isoformat() if until > clock.now() else "",
        "results_by": candidacy.certification.results_by(appointment.ends_at).isoformat(),
        "accommodations": candidacy.accommodations,
    }
    calendar = _calendar(appointment, method, CANDIDATE, appointment.starts_at)
    letters.to(
        db,
        user,
        template,
        context,
        # The personal link of an oral that does not take place leads nowhere.
        opens=entry.leads_to("candidate_home") if method == CANCEL else opens(appointment),
        calendar=calendar,
        dedupe=_once(template, appointment, user),
    )


def _evaluator(
    db: Session,
    settings: Settings,
    appointment: Appointment,
    user: User,
    template: str,
    method: str = REQUEST,
    was_at: datetime | None = None,
) -> None:
    starts_at = was_at or appointment.starts_at
    context = _context(appointment) | {
        "candidate": appointment.candidacy.candidate.name,
        "starts_at": starts_at.isoformat(),
        "reason": appointment.reason,
        "link": links.address(settings, "evaluator_home"),
        "accommodations": appointment.candidacy.accommodations,
    }
    calendar = _calendar(appointment, method, EVALUATOR, starts_at)
    dedupe = _once(template, appointment, user)
    letters.to(db, user, template, context, calendar=calendar, dedupe=dedupe)


def _context(appointment: Appointment) -> dict[str, Any]:
    return {
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": _minutes(appointment),
        **_certification(appointment),
    }


def _certification(appointment: Appointment) -> dict[str, Any]:
    name = appointment.candidacy.certification.name
    return {"certification": letters.in_each_language(name)}


def _minutes(appointment: Appointment) -> int:
    return int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)


def _once(template: str, appointment: Appointment, user: User) -> str:
    """Return the key by which the same change is told to the same person once."""
    return f"{template}:{appointment.id}:{appointment.sequence}:{user.id}"


def _calendar(
    appointment: Appointment, method: str, words: dict[str, str], starts_at: datetime
) -> dict[str, Any]:
    return words | {
        "method": method,
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "starts_at": starts_at.isoformat(),
        "minutes": _minutes(appointment),
        "names": _certification(appointment),
    }


def _live(db: Session, appointment: Appointment, *evaluators: int) -> None:
    live.publish(db, f"candidacy:{appointment.candidacy_id}")
    for evaluator in dict.fromkeys(evaluators):
        live.publish(db, f"evaluator:{evaluator}")
    live.publish(db, "plan")
