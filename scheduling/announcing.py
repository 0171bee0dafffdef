"""Who hears of an appointment, and how: one letter each, with its calendar file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from kernel import links, live, post
from kernel.settings import Settings
from people.models import User
from scheduling.models import Appointment

REQUEST, CANCEL = "REQUEST", "CANCEL"


def personal_link(settings: Settings, appointment: Appointment) -> str:
    """Return the candidate's link, always the same until it is renewed (`link_number`).

    It names the appointment, wherever that moves; `rooms.joining` says until when it opens.
    """
    bears = {"a": appointment.id, "n": appointment.link_number}
    token = links.sign(settings, "personal", bears, at=appointment.created_at)
    return links.address(settings, "personal", token=token)


def placed(db: Session, settings: Settings, appointment: Appointment) -> None:
    """Tell both that an oral is placed."""
    _candidate(db, settings, appointment, "appointment_confirmed")
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, appointment.evaluator_id)


def moved(
    db: Session, settings: Settings, appointment: Appointment, was_at: datetime, was_with: User
) -> None:
    """Tell the candidate and the evaluator of another hour; one who no longer comes, that too."""
    _candidate(db, settings, appointment, "appointment_moved", was_at=was_at)
    if was_with.id != appointment.evaluator_id:
        _evaluator(db, settings, appointment, was_with, "evaluator_released", CANCEL, was_at)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, was_with.id, appointment.evaluator_id)


def handed_over(db: Session, settings: Settings, appointment: Appointment, was_with: User) -> None:
    """Tell all three that another evaluator comes at the same hour."""
    _candidate(db, settings, appointment, "appointment_handed_over")
    _evaluator(db, settings, appointment, was_with, "evaluator_released", CANCEL)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_appointment")
    _live(db, appointment, was_with.id, appointment.evaluator_id)


def cancelled(db: Session, settings: Settings, appointment: Appointment) -> None:
    """Tell both that the oral does not take place then."""
    _candidate(db, settings, appointment, "appointment_cancelled", CANCEL)
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_released", CANCEL)
    _live(db, appointment, appointment.evaluator_id)


def fell_through(db: Session, settings: Settings, appointment: Appointment) -> dict[str, Any]:
    """Tell the evaluator that the oral did not begin; return the file for the candidate's letter.

    What the candidate is told is for whoever knows what happened.
    """
    _evaluator(db, settings, appointment, appointment.evaluator, "evaluator_released", CANCEL)
    _live(db, appointment, appointment.evaluator_id)
    candidate = appointment.candidacy.candidate.user
    link = personal_link(settings, appointment)
    return _calendar(appointment, candidate, CANCEL, "candidate", link)


def _candidate(
    db: Session,
    settings: Settings,
    appointment: Appointment,
    template: str,
    method: str = REQUEST,
    was_at: datetime | None = None,
) -> None:
    candidacy, user = appointment.candidacy, appointment.candidacy.candidate.user
    link = personal_link(settings, appointment)
    until = appointment.starts_at - timedelta(hours=candidacy.certification.moving_notice_hours)
    context = _context(appointment, user) | {
        "was_at": (was_at or appointment.starts_at).isoformat(),
        "reason": appointment.reason,
        # The personal link of an oral that does not take place leads nowhere.
        "link": links.address(settings, "candidate_home") if method == CANCEL else link,
        "move_until": until.isoformat(),
        "accommodations": candidacy.accommodations,
    }
    _post(db, appointment, user, template, context, method, "candidate", link)


def _evaluator(
    db: Session,
    settings: Settings,
    appointment: Appointment,
    user: User,
    template: str,
    method: str = REQUEST,
    was_at: datetime | None = None,
) -> None:
    link = links.address(settings, "evaluator_home")
    context = _context(appointment, user) | {
        "candidate": appointment.candidacy.candidate.name,
        "starts_at": (was_at or appointment.starts_at).isoformat(),
        "reason": appointment.reason,
        "link": link,
        "accommodations": appointment.candidacy.accommodations,
    }
    _post(db, appointment, user, template, context, method, "evaluator", link)


def _context(appointment: Appointment, user: User) -> dict[str, Any]:
    return {
        "person": user.name,
        "certification": appointment.candidacy.certification.name(user.locale),
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": _minutes(appointment),
        "zone": user.timezone,
    }


def _minutes(appointment: Appointment) -> int:
    return int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)


def _post(
    db: Session,
    appointment: Appointment,
    user: User,
    template: str,
    context: dict[str, Any],
    method: str,
    guest: str,
    link: str,
) -> None:
    """Queue one letter with its calendar file; the same change is told to the same person once."""
    post.queue(
        db,
        template,
        name=user.name,
        email=user.email,
        locale=user.locale,
        context=context,
        calendar=_calendar(appointment, user, method, guest, link)
        | {"starts_at": context["starts_at"]},
        dedupe=f"{template}:{appointment.id}:{appointment.sequence}:{user.id}",
    )


def _calendar(
    appointment: Appointment, user: User, method: str, guest: str, link: str
) -> dict[str, Any]:
    return {
        "method": method,
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": _minutes(appointment),
        "zone": user.timezone,
        "certification": appointment.candidacy.certification.name(user.locale),
        "guest": guest,
        "link": link,
    }


def _live(db: Session, appointment: Appointment, *evaluators: int) -> None:
    live.publish(db, f"candidacy:{appointment.candidacy_id}")
    for evaluator in dict.fromkeys(evaluators):
        live.publish(db, f"evaluator:{evaluator}")
    live.publish(db, "plan")
