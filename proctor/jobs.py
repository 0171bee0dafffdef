"""What must die in time: identity pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.permissions import SYSTEM
from kernel.storage import Storage
from proctor.identity import FOLDER
from proctor.models import IdentityCheck

log = structlog.get_logger(__name__)


def purge_identity_pictures(db: Session, storage: Storage, hours: int) -> int:
    """Remove pictures older than `hours`, and files that no row names; return how many went."""
    limit = clock.now() - timedelta(hours=hours)
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
    strays = [name for name in storage.names(FOLDER) if name not in known and _made(name) <= limit]
    for name in strays:
        storage.delete(name)
    if due or strays:
        log.info("identity_pictures_purged", rows=len(due), strays=len(strays))
    return len(due) + len(strays)


def _made(name: str) -> datetime:
    """Return the moment that a picture's name begins with; long ago for any other name."""
    stamp = name.rpartition("/")[2].partition("-")[0]
    try:
        return datetime.fromtimestamp(int(stamp, 16), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)
