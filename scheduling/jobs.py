"""What must die in time: documents that proved a force majeure."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates
from kernel import audit, clock, retention, strays
from kernel.permissions import SYSTEM
from kernel.retention import RetentionClass
from kernel.settings import Settings
from kernel.storage import Storage
from scheduling import proofs
from scheduling.models import Appointment, AppointmentChange

log = structlog.get_logger(__name__)


def purge_proofs(db: Session, storage: Storage, settings: Settings) -> int:
    """Remove documents whose time is over, and files of no row; return how many went.

    A result withheld stops the clock.
    """
    due = db.execute(
        select(AppointmentChange, Appointment.candidacy_id)
        .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
        .where(
            AppointmentChange.document_key != "",
            AppointmentChange.at <= retention.over_since(settings, RetentionClass.PROOF),
            Appointment.candidacy_id.not_in(gates.withheld()),
        )
    ).all()
    for change, candidacy_id in due:
        storage.delete(change.document_key)
        change.document_key, change.document_purged_at = "", clock.now()
        audit.record(db, SYSTEM, "proof.purge", change, candidacy_id=candidacy_id)
    db.flush()
    known = set(db.scalars(select(AppointmentChange.document_key)))
    gone = strays.remove(storage, strays.old(storage, proofs.FOLDER), known)
    if due or gone:
        log.info("proofs_purged", rows=len(due), strays=gone)
    return len(due) + gone
