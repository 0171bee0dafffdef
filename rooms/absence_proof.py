"""What proves that an absent candidate was invited, reminded and waited for; it only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.audit import AuditEntry
from kernel.outbox import OutboxRow
from people.models import User
from rooms.models import IncidentKind, Interview

INVITATIONS: Final = (
    "appointment_confirmed",
    "appointment_moved",
    "appointment_handed_over",
)
REMINDER: Final = "appointment_reminder"
CONTINUE: Final = "personal_link.use"


@dataclass(frozen=True)
class Letter:
    """One letter to the candidate: which, to what address, when it was queued and when it left."""

    template: str
    address: str
    queued_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Proof:
    """Everything that speaks for or against an absence."""

    invitations: Sequence[Letter]
    reminders: Sequence[Letter]
    continued_at: Sequence[datetime]
    """Each time « Continuer » was pressed on the personal link."""
    room: Sequence[AuditEntry]
    """What the log says of the room, oldest first."""


def was_absent(interview: Interview) -> bool:
    """Tell whether an oral ended because its candidate did not come."""
    return any(incident.kind is IncidentKind.CANDIDATE_ABSENT for incident in interview.incidents)


def proof(db: Session, interview: Interview) -> Proof:
    """Gather what is known about an oral that its candidate did not come to, in two statements."""
    appointment = interview.appointment
    letters = _letters(db, appointment.id, appointment.candidacy.candidate.user)
    entries = db.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.candidacy_id == appointment.candidacy_id,
            or_(
                (AuditEntry.subject_kind == "Interview") & (AuditEntry.subject_id == interview.id),
                (AuditEntry.subject_kind == "Appointment")
                & (AuditEntry.subject_id == appointment.id)
                & (AuditEntry.act == CONTINUE),
                AuditEntry.act == "incident.report",
            ),
        )
        .order_by(AuditEntry.id)
    ).all()
    reported = {incident.id for incident in interview.incidents}
    return Proof(
        invitations=[letter for letter in letters if letter.template in INVITATIONS],
        reminders=[letter for letter in letters if letter.template == REMINDER],
        continued_at=[entry.at for entry in entries if entry.act == CONTINUE],
        room=[
            entry
            for entry in entries
            if entry.subject_kind == "Interview"
            or (entry.act == "incident.report" and entry.subject_id in reported)
        ],
    )


def _letters(db: Session, appointment_id: int, user: User) -> list[Letter]:
    """Return the candidate's letters about an appointment, by the keys under which they left.

    One that has not left goes to the address that the account has now.
    """
    told = [
        OutboxRow.dedupe.like(f"{template}:{appointment_id}:%:{user.id}", escape="\\")
        for template in (name.replace("_", r"\_") for name in INVITATIONS)
    ]
    reminded = OutboxRow.dedupe.like(
        f"{REMINDER.replace('_', chr(92) + '_')}:{appointment_id}:%", escape="\\"
    )
    rows = db.scalars(select(OutboxRow).where(or_(*told, reminded)).order_by(OutboxRow.id))
    return [
        Letter(
            str(row.payload["template"]),
            str(row.payload["to"]["email"]) if "to" in row.payload else user.email,
            row.created_at,
            row.done_at,
        )
        for row in rows
    ]
