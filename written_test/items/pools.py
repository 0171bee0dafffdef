"""Releases as pools, made once in each process: a release never changes."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from enrolment.fields import Field
from written_test.engine.adaptive import Entry, Pool
from written_test.models import Item, Release

_made: WeakKeyDictionary[Engine, dict[tuple[int, str], Pool]] = WeakKeyDictionary()
_lock = Lock()


def of_release(db: Session, release_id: int, made_at: str) -> Pool:
    """Return the pool of a release, which was made at `made_at` (another of its number is not it).

    Raises:
        NoResultFound: there is no such release.
    """
    bind, key = db.get_bind(), (release_id, made_at)
    engine = bind if isinstance(bind, Engine) else bind.engine
    with _lock:
        known = _made.setdefault(engine, {}).get(key)
    if known is not None:
        return known
    release = db.get_one(Release, release_id)
    exposure = {int(item): float(share) for item, share in release.entries}
    pool = Pool(entries(db, list(exposure), exposure))
    with _lock:
        return _made[engine].setdefault(key, pool)


def entries(
    db: Session, items: Sequence[int], exposure: dict[int, float] | None = None
) -> list[Entry]:
    """Return items as a pool's entries, with their exposure parameters (1 where none is given)."""
    found: list[Entry] = []
    for start in range(0, len(items), 500):
        query = select(Item.id, Item.skill, Item.field, Item.shape).where(
            Item.id.in_(items[start : start + 500])
        )
        found.extend(
            Entry(
                id=item,
                skill=str(skill),
                parts=tuple((float(a), float(b), float(c)) for a, b, c in shape),
                field="" if field is Field.GENERAL else str(field),
                exposure=(exposure or {}).get(item, 1.0),
            )
            for item, skill, field, shape in db.execute(query)
        )
    return found
