"""What must die in time: documents that proved a force majeure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.permissions import SYSTEM
from kernel.storage import Storage
from scheduling import proofs
from scheduling.models import Appointment, AppointmentChange

log = structlog.get_logger(__name__)

MONTH: Final = timedelta(days=30.44)
STRAY: Final = timedelta(days=1)
"""A file that no row names after so long is of a transaction that failed: nobody writes so long."""


def purge_proofs(db: Session, storage: Storage, months: int) -> int:
    """Remove documents `months` after their change, and files of no row; return how many went."""
    due = db.execute(
        select(AppointmentChange, Appointment.candidacy_id)
        .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
        .where(
            AppointmentChange.document_key != "",
            AppointmentChange.at <= clock.now() - months * MONTH,
        )
    ).all()
    for change, candidacy_id in due:
        storage.delete(change.document_key)
        change.document_key, change.document_purged_at = "", clock.now()
        audit.record(db, SYSTEM, "proof.purge", change, candidacy_id=candidacy_id)
    db.flush()
    known = set(db.scalars(select(AppointmentChange.document_key)))
    limit = clock.now() - STRAY
    strays = [
        name
        for name in storage.names(proofs.FOLDER)
        if name not in known and proofs.stored_at(name) <= limit
    ]
    for name in strays:
        storage.delete(name)
    if due or strays:
        log.info("proofs_purged", rows=len(due), strays=len(strays))
    return len(due) + len(strays)
