"""Evaluators' own calendars: told of, read every quarter of an hour, and what they say kept.

What was read stays until something newer was read well: a server that is down frees nobody's time.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Final

import structlog
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import LOCK, Database
from kernel.errors import N_, Invalid, Refused
from kernel.fetching import Request
from kernel.permissions import Actor, Permission, check
from kernel.sealing import StorageError, open_word, reseal_word, seal_word
from kernel.settings import Settings
from kernel.storage import key_ring
from people.models import User
from scheduling import busy_reading, caldav, discovery, remote
from scheduling.busy_reading import Engagements
from scheduling.models import BusySource, BusySourceKind, BusyTime
from scheduling.unreadable import Reason, Unreadable

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(minutes=15)
SAID_AFTER: Final = timedelta(hours=1)
AHEAD: Final = timedelta(days=120)
"""How far ahead engagements are kept: further than any access window reaches in practice."""
MOST_SOURCES: Final = 5
AT_ONCE: Final = 4
ROUNDS: Final = 3
"""How many times as long finding an account's calendars may take as one answer."""
MOST_NAMED: Final = 5
LEAST_A_ROUND: Final = 8

BAD_ADDRESS = N_(
    "Cette adresse ne convient pas : elle commence par https:// ou webcal://, comme votre agenda "
    "la donne."
)


def add(
    db: Session,
    actor: Actor,
    settings: Settings,
    evaluator: User,
    kind: BusySourceKind,
    name: str,
    address: str,
    username: str = "",
    password: str = "",
) -> BusySource:
    """Subscribe to an evaluator's own calendar; it is read within a minute.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
        Invalid: no address, or one that we do not read.
        Refused: too many calendars.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    known = len(sources(db, evaluator))
    if known >= MOST_SOURCES:
        raise Refused(N_("Cinq agendas au plus : retirez-en un d'abord."))
    try:
        where = remote.parts(address, local=settings.calendars_may_be_local)
    except Unreadable as error:
        raise Invalid(BAD_ADDRESS, "address") from error
    if len(address) > 2000:
        raise Invalid(BAD_ADDRESS, "address")
    if kind is BusySourceKind.CALDAV and not username.strip():
        raise Invalid(N_("Un agenda CalDAV demande un identifiant."), "username")
    row = BusySource(
        evaluator_id=evaluator.id,
        kind=kind,
        name=name.strip()[:80] or str(where.hostname),
        address=where.geturl(),
        username=username.strip()[:200] if kind is BusySourceKind.CALDAV else "",
        created_at=clock.now(),
    )
    db.add(row)
    db.flush()
    if kind is BusySourceKind.CALDAV:
        row.secret = seal_word(key_ring(settings), _name(row), password)
    audit.record(db, actor, "busy.add", row, evaluator_id=evaluator.id, kind=kind)
    return row


def _name(row: BusySource) -> str:
    return f"busy-source/{row.id}"


def remove(db: Session, actor: Actor, source: BusySource) -> None:
    """Forget an evaluator's own calendar and what was read of it.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
    """
    check(db, actor, Permission.MANAGE_AGENDA, db.get_one(User, source.evaluator_id))
    audit.record(db, actor, "busy.remove", source, evaluator_id=source.evaluator_id)
    db.execute(delete(BusyTime).where(BusyTime.source_id == source.id))
    db.delete(source)


def ask(db: Session, actor: Actor, source: BusySource) -> None:
    """Have a calendar read in the next minute.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
    """
    check(db, actor, Permission.MANAGE_AGENDA, db.get_one(User, source.evaluator_id))
    source.tried_at = None


def sources(db: Session, evaluator: User) -> list[BusySource]:
    """Return an evaluator's own calendars, in the order of their coming."""
    query = select(BusySource).where(BusySource.evaluator_id == evaluator.id)
    return list(db.scalars(query.order_by(BusySource.id)))


def troubled(source: BusySource) -> bool:
    """Tell whether the evaluator should hear that a calendar cannot be read.

    One that never was, at once; one that was, an hour after.
    """
    if not source.failure:
        return False
    return source.read_at is None or source.read_at <= clock.now() - SAID_AFTER


@dataclass(frozen=True, slots=True)
class Reading:
    """All that reading one calendar takes, out of any transaction."""

    id: int
    kind: BusySourceKind
    address: str
    user: str
    password: str
    zone: str


def due(db: Session) -> list[int]:
    """Return which calendars are to be read now, the longest unread first.

    A tenth of them a round at most: those that came due together drift apart.
    """
    total = db.scalar(select(func.count(BusySource.id))) or 0
    since = clock.now() - EVERY
    return list(
        db.scalars(
            select(BusySource.id)
            .join(User, User.id == BusySource.evaluator_id)
            .where(User.active, or_(BusySource.tried_at.is_(None), BusySource.tried_at <= since))
            .order_by(BusySource.tried_at.is_not(None), BusySource.tried_at, BusySource.id)
            .limit(max(LEAST_A_ROUND, total // 10))
        )
    )


def read_all(database: Database, settings: Settings) -> int:
    """Read what is due, some at once; return how many."""
    with database.session(read_only=True) as db:
        ids = due(db)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calendars") as pool:
        list(pool.map(lambda source_id: refresh(database, settings, source_id), ids))
    return len(ids)


_reading = Lock()


def begin_round(database: Database, settings: Settings) -> bool:
    """Read what is due in a thread of its own, one round at a time; letters do not wait for it."""
    if not _reading.acquire(blocking=False):
        return False

    def work() -> None:
        try:
            read_all(database, settings)
        except Exception as error:
            # The next minute tries again.
            log.error("calendars_failed", exc_info=error)
        finally:
            _reading.release()

    Thread(target=work, name="calendars", daemon=True).start()
    return True


def refresh(database: Database, settings: Settings, source_id: int) -> None:
    """Read one calendar and keep what it says; when that fails, what it said before."""
    with database.session(read_only=True) as db:
        row = db.get(BusySource, source_id)
        if row is None:
            return
        address, evaluator_id = row.address, row.evaluator_id
        zone = db.get_one(User, evaluator_id).timezone
    engagements, failure = _try(row, zone, settings)
    with database.transaction() as db:
        row = db.scalar(
            select(BusySource).where(BusySource.id == source_id).with_for_update(**LOCK)
        )
        if row is None or row.address != address:
            return
        row.tried_at, row.failure = clock.now(), failure
        if failure:
            log.info("calendar_unreadable", source_id=source_id, why=failure)
            return
        row.read_at = row.tried_at
        _keep(db, row, engagements)


def _keep(db: Session, row: BusySource, engagements: Engagements) -> None:
    """Keep busy times, and what the page says of the reading; of an event left out, its day."""
    row.engagements, row.left_out_count = engagements.count, len(engagements.left_out)
    row.left_out = [
        {"day": left.day, "why": left.why} for left in engagements.left_out[:MOST_NAMED]
    ]
    db.execute(delete(BusyTime).where(BusyTime.source_id == row.id))
    if engagements.times:
        common = {"source_id": row.id, "evaluator_id": row.evaluator_id}
        values = [{**common, "start_s": start, "end_s": end} for start, end in engagements.times]
        db.execute(insert(BusyTime), values)


def _try(row: BusySource, zone: str, settings: Settings) -> tuple[Engagements, str]:
    """Return what a calendar says, and why it could not be read; one of them is empty."""
    try:
        password = _password(row, settings)
        wanted = Reading(row.id, row.kind, row.address, row.username, password, zone)
        return look(wanted, clock.now(), local=settings.calendars_may_be_local), ""
    except Unreadable as error:
        return Engagements(), f"{error.reason}:{error.detail}".rstrip(":")


def _password(row: BusySource, settings: Settings) -> str:
    if not row.secret:
        return ""
    try:
        return open_word(key_ring(settings), _name(row), row.secret)
    except StorageError as error:
        raise Unreadable(Reason.KEY) from error


def reseal(database: Database, settings: Settings) -> tuple[int, list[int]]:
    """Seal every password with the current storage key, while everything runs.

    Return how many were sealed anew, and whose calendars' passwords do not open with any key.
    """
    keys, count, lost = key_ring(settings), 0, []
    query = select(BusySource).where(BusySource.secret != "").order_by(BusySource.id)
    with database.session(read_only=True) as db:
        rows = db.scalars(query).all()
    for row in rows:
        try:
            fresh = reseal_word(keys, _name(row), row.secret)
        except StorageError:
            lost.append(row.evaluator_id)
            continue
        if fresh != row.secret:
            with database.transaction() as db:
                _seal_anew(db, row, fresh)
            count += 1
    return count, lost


def _seal_anew(db: Session, row: BusySource, fresh: str) -> None:
    """Put a password's new seal in the place of the one that was read; one that changed stays."""
    same = (BusySource.id == row.id, BusySource.secret == row.secret)
    db.execute(update(BusySource).where(*same).values(secret=fresh))


def look(
    wanted: Reading, moment: datetime, *, local: bool, seconds: float = remote.SECONDS
) -> Engagements:
    """Return when somebody is busy from `moment` on, as their calendar says it now.

    Raises:
        Unreadable: it cannot be reached or read.
    """
    start, end = moment - timedelta(days=1), moment + AHEAD
    if wanted.kind is BusySourceKind.ICS:
        content = remote.fetch(Request(wanted.address), local=local, seconds=seconds)
        return busy_reading.read(content, wanted.zone, start, end)
    due = time.monotonic() + ROUNDS * seconds
    account = discovery.Account(wanted.address, wanted.user, wanted.password, local, due)
    texts = discovery.texts(account, caldav.query(start, end))
    return busy_reading.read_all(texts, wanted.zone, start, end)
