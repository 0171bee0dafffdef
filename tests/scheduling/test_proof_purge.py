"""Documents of a force majeure die in time, and so do files that no row names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, retention, storage
from kernel.audit import AuditEntry
from kernel.retention import RetentionClass
from scheduling import jobs, proofs
from scheduling.models import AppointmentChange, ChangeKind
from tests.scheduling.test_proofs import PDF


@pytest.fixture
def kept(settings):
    return storage.from_settings(settings)


@pytest.fixture
def proved(db, make, kept):
    """A change of an appointment, and its document."""
    made = make.appointment()
    key = kept.put(proofs.place_for(made.candidacy, PDF), PDF).key
    row = AppointmentChange(
        appointment_id=made.id,
        kind=ChangeKind.FORCE_MAJEURE,
        at=clock.now(),
        reason="hospital",
        was_at=made.starts_at,
        was_with_id=made.evaluator_id,
        document_key=key,
    )
    db.add(row)
    db.flush()
    return row


def purged(db) -> list[tuple[int, object]]:
    rows = db.scalars(select(AuditEntry).where(AuditEntry.act == "proof.purge"))
    return [(row.subject_id, row.actor_id) for row in rows]


def test_a_document_dies_some_months_after_the_change(db, settings, kept, proved):
    key = proved.document_key
    over = retention.until(settings, RetentionClass.PROOF, proved.at)
    clock.move(over - clock.now() - timedelta(minutes=1))
    assert jobs.purge_proofs(db, kept, settings) == 0
    assert (kept.names(proofs.FOLDER), purged(db)) == ([key], [])
    clock.move(timedelta(minutes=2))
    assert jobs.purge_proofs(db, kept, settings) == 1
    assert (kept.names(proofs.FOLDER), purged(db)) == ([], [(proved.id, None)])
    assert proved.document_key == ""
    assert timedelta() <= clock.now() - proved.document_purged_at < timedelta(minutes=1)
    assert proved.reason == "hospital"
    assert jobs.purge_proofs(db, kept, settings) == 0
    assert purged(db) == [(proved.id, None)]


def test_a_file_that_no_row_names_dies_after_a_day(db, make, settings, kept, proved):
    stray = kept.put(proofs.place_for(make.candidacy(), PDF), PDF).key
    other = kept.put("identity/somebody.jpg", b"a picture").key
    clock.move(retention.fixed(RetentionClass.STRAY) - timedelta(minutes=1))
    assert jobs.purge_proofs(db, kept, settings) == 0  # its transaction may still be open
    assert kept.exists(stray)
    clock.move(timedelta(minutes=2))
    assert jobs.purge_proofs(db, kept, settings) == 1
    assert kept.names() == sorted([other, proved.document_key])
    assert purged(db) == []
