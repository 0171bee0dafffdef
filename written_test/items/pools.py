"""Releases as pools, made once in each process: a release never changes.

Items are what they are; their parameters are those that the release was made with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from enrolment.fields import Field
from written_test.engine.adaptive import Entry, Pilot, Pool
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
    tags = tags_of(db, [*(entry[0] for entry in release.entries), *release.pilots])
    pool = Pool(
        [entry(tags[item], exposure, shape) for item, exposure, shape in release.entries],
        [Pilot(item, tags[item].skill, tags[item].field) for item in release.pilots],
    )
    with _lock:
        return _made[engine].setdefault(key, pool)


def forget() -> None:
    """Forget every pool, as a new process does."""
    with _lock:
        _made.clear()


@dataclass(frozen=True, slots=True)
class Tags:
    """What never changes of a version of a question: its id, skill and field ("" for general)."""

    id: int
    skill: str
    field: str


def tags_of(db: Session, items: Sequence[int]) -> dict[int, Tags]:
    """Return the tags of items by their ids."""
    known: dict[int, Tags] = {}
    for start in range(0, len(items), 500):
        query = select(Item.id, Item.skill, Item.field).where(
            Item.id.in_(items[start : start + 500])
        )
        known |= {
            item: Tags(item, str(skill), "" if field is Field.GENERAL else str(field))
            for item, skill, field in db.execute(query)
        }
    return known


def entry(tags: Tags, exposure: float, shape: Sequence[Sequence[float]]) -> Entry:
    """Return an item as a pool's entry, with its exposure and parameters."""
    parts = tuple((float(a), float(b), float(c)) for a, b, c in shape)
    return Entry(tags.id, tags.skill, parts, tags.field, float(exposure))
