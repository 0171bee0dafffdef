"""Questions as tests show and grade them, read once in each process.

A version that a release names never changes in what is read here; its parameters and its state may,
and are not here.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from people.languages import Language
from written_test.models import Bank, Item
from written_test.questions.kinds import Body, read_body

MOST: Final = 4000
"""So many questions are kept in a process: some 20 MB."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One version of a question; `seconds` is its time before any extra one."""

    id: int
    code: str
    version: int
    body: Body
    seconds: int
    audio_key: str
    language: Language


_read: WeakKeyDictionary[Engine, OrderedDict[tuple[int, str, int], Printed]] = WeakKeyDictionary()
_lock = Lock()


def question(db: Session, release_id: int, made_at: str, item_id: int) -> Printed:
    """Return a question of the release that was made at `made_at`, as `pools.of_release` has it.

    Raises:
        NoResultFound: there is no such item.
    """
    bind, key = db.get_bind(), (release_id, made_at, item_id)
    engine = bind if isinstance(bind, Engine) else bind.engine
    with _lock:
        kept = _read.setdefault(engine, OrderedDict())
        if (known := kept.get(key)) is not None:
            kept.move_to_end(key)
            return known
    columns = (Item.code, Item.version, Item.content, Item.seconds, Item.audio_key, Bank.language)
    code, version, content, *rest = db.execute(
        select(*columns).join(Bank, Bank.id == Item.bank_id).where(Item.id == item_id)
    ).one()
    printed = Printed(item_id, code, version, read_body(content), *rest)
    with _lock:
        kept[key] = printed
        while len(kept) > MOST:
            kept.popitem(last=False)
    return printed


def forget() -> None:
    """Forget every question, as a new process does."""
    with _lock:
        _read.clear()
