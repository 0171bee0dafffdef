"""Documents that prove a force majeure: what they are by their own bytes, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import strays
from kernel.errors import N_, Invalid
from scheduling.models import Appointment, AppointmentChange

FOLDER: Final = "proofs"
MOST_BYTES: Final = 10 * 1024 * 1024
TYPES: Final = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_TAIL: Final = 1024
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"


@dataclass(frozen=True, slots=True)
class Proof:
    """A document that is kept with the change of an appointment, or was."""

    change: AppointmentChange
    candidacy: Candidacy

    @property
    def id(self) -> int:
        """Return the number of the change that it proves."""
        return self.change.id

    @property
    def media_type(self) -> str:
        """Return the document's MIME type."""
        return TYPES[self.change.document_key.rpartition(".")[2]]


def kind_of(data: bytes) -> str:
    """Return which of `TYPES` a whole document is, whatever it is called; pure.

    Raises:
        Invalid: empty, too heavy, cut short, or of another kind.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(N_("Ce document est trop lourd : 10 Mo au plus."), "document")
    end = data[-_TAIL:]
    if data.startswith(b"%PDF-") and b"%%EOF" in end:
        return "pdf"
    if data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in end[-64:]:
        return "jpg"
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and end.endswith(_PNG_END):
        return "png"
    raise Invalid(N_("Joignez un PDF, un JPEG ou un PNG entier."), "document")


def place_for(candidacy: Candidacy, data: bytes) -> str:
    """Return the name under which a document of a candidacy is to be stored.

    Raises:
        Invalid: it is no document that we take.
    """
    return f"{FOLDER}/{candidacy.id}/{strays.new_name()}.{kind_of(data)}"


def find(db: Session, candidacy_id: int, change_id: int) -> Proof | None:
    """Return the document of one change of a candidacy's appointments, if it has or had one."""
    row = db.execute(
        select(AppointmentChange, Candidacy)
        .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
        .join(Candidacy, Candidacy.id == Appointment.candidacy_id)
        .where(
            AppointmentChange.id == change_id,
            Candidacy.id == candidacy_id,
            or_(
                AppointmentChange.document_key != "",
                AppointmentChange.document_purged_at.is_not(None),
            ),
        )
    ).one_or_none()
    return None if row is None else Proof(row[0], row[1])
