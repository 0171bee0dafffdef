"""What must die in time: identity pictures, snapshots; and what must be told before."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, CandidacyMove, Stage
from kernel import audit, clock, links, retention, strays
from kernel.permissions import SYSTEM
from kernel.retention import RetentionClass
from kernel.settings import Settings
from kernel.storage import Storage
from people import alarms
from proctor import presented, snapshots, watching
from proctor.identity import FOLDER
from proctor.models import IdentityCheck, ProctorSession, Snapshot

log = structlog.get_logger(__name__)


def purge_identity_pictures(db: Session, storage: Storage, settings: Settings) -> int:
    """Remove pictures whose time is over, and files that no row names; return how many went."""
    limit = retention.over_since(settings, RetentionClass.IDENTITY_PICTURE)
    due = db.scalars(
        select(IdentityCheck).where(
            IdentityCheck.picture_key.is_not(None), IdentityCheck.picture_taken_at <= limit
        )
    ).all()
    for check in due:
        storage.delete(check.picture_key or "")
        check.picture_key, check.picture_purged_at = None, clock.now()
        audit.record(db, SYSTEM, "identity.purge_picture", check, candidacy_id=check.candidacy_id)
    db.flush()
    known = set(db.scalars(select(IdentityCheck.picture_key)))
    gone = strays.remove(storage, strays.old(storage, FOLDER), known)
    if due or gone:
        log.info("identity_pictures_purged", rows=len(due), strays=gone)
    return len(due) + gone


def purge_snapshots(db: Session, storage: Storage, settings: Settings) -> int:
    """Remove snapshots in time after the results, or after a session that led to none.

    A result withheld stops the clock. Files that no row names go after a day.
    """
    moment = clock.now()
    with_results = retention.over_since(settings, RetentionClass.SNAPSHOT)
    without = retention.over_since(settings, RetentionClass.SNAPSHOT_WITHOUT_RESULT)
    results = (
        select(func.max(CandidacyMove.at))
        .where(
            CandidacyMove.candidacy_id == Candidacy.id,
            CandidacyMove.to_stage == Stage.VALIDATED,
        )
        .correlate(Candidacy)
        .scalar_subquery()
    )
    rows = db.execute(
        select(Snapshot, ProctorSession.candidacy_id)
        .join(ProctorSession, ProctorSession.id == Snapshot.session_id)
        .join(Candidacy, Candidacy.id == ProctorSession.candidacy_id)
        .where(
            Snapshot.storage_key.is_not(None),
            Candidacy.id.not_in(gates.withheld()),
            or_(
                and_(Candidacy.stage == Stage.VALIDATED, results <= with_results),
                and_(
                    Candidacy.stage != Stage.VALIDATED,
                    ProctorSession.opened_at <= without,
                ),
            ),
        )
    ).all()
    for snapshot, candidacy_id in rows:
        storage.delete(snapshot.storage_key or "")
        snapshot.storage_key, snapshot.purged_at = None, moment
        audit.record(db, SYSTEM, "proctoring.purge_snapshot", snapshot, candidacy_id=candidacy_id)
    db.flush()
    known = set(db.scalars(select(Snapshot.storage_key)))
    gone = strays.remove(storage, strays.old(storage, snapshots.FOLDER), known)
    if rows or gone:
        log.info("snapshots_purged", rows=len(rows), strays=gone)
    return len(rows) + gone


def close_silent_sessions(db: Session, settings: Settings) -> int:
    """Close the watches that their test ended, or that nothing was heard of; return how many."""
    return watching.close_ended(db) + watching.close_silent(db, settings.proctoring_silent_hours)


def tell_of_waiting_pictures(db: Session, settings: Settings) -> None:
    """Tell the coordinators, once a picture, of identity pictures that will soon be gone."""
    limit = clock.now() - timedelta(hours=settings.identity_alert_hours)
    late = [
        identity_check
        for identity_check, _candidacy in presented.waiting(db)
        if identity_check.picture_taken_at is not None and identity_check.picture_taken_at <= limit
    ]
    if not late:
        return
    alarms.tell_coordinators(
        db,
        "identity_pictures_waiting",
        {
            "count": len(late),
            "waited": settings.identity_alert_hours,
            "kept": settings.identity_picture_hours,
            "link": links.address(settings, "identity_pictures"),
        },
        once=str(max(identity_check.id for identity_check in late)),
    )
