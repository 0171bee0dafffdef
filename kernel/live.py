"""What a browser must hear about: told with the transaction that changed something.

Jobs and media never emit: they write a row. The web process alone reads these rows after their
commit and tells the browsers that watch the topic; they then ask for the new state. What it changes
itself needs no row (`gather`): whoever would be told is connected to this very process, and whoever
reconnects asks for the new state anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from kernel import clock
from kernel.db import Base


class LiveEvent(Base):
    """Something that changed under a topic such as `session:12`."""

    __tablename__ = "live_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
    emitted_at: Mapped[datetime | None] = mapped_column(index=True)


_GATHERED: Final = "live_gathered"


@dataclass(frozen=True, slots=True)
class Announcement:
    """The same, of a transaction of the process that emits."""

    topic: str
    name: str
    payload: dict[str, Any]


def publish(db: Session, topic: str, name: str = "changed", **payload: Any) -> None:
    """Tell whoever watches `topic`, after this transaction commits, that `name` happened."""
    gathered: list[Announcement] | None = db.info.get(_GATHERED)
    if gathered is not None:
        gathered.append(Announcement(topic, name, payload))
        return
    db.add(LiveEvent(topic=topic, name=name, payload=payload, created_at=clock.now()))


def gather(db: Session) -> None:
    """Write no rows in this session: whoever commits it emits what it told (`gathered`)."""
    db.info[_GATHERED] = []


def gathered(db: Session) -> list[Announcement]:
    """Return what was told in this session since its last commit, once; ask after each of them."""
    told: list[Announcement] = db.info.get(_GATHERED, [])
    if told:
        db.info[_GATHERED] = []
    return told


@event.listens_for(Session, "after_soft_rollback")
def _take_back(db: Session, transaction: SessionTransaction) -> None:
    """Let what was rolled back not have been told; a savepoint's is told, and nobody minds."""
    if not transaction.nested and db.info.get(_GATHERED):
        db.info[_GATHERED] = []


def pending(db: Session, most: int = 500) -> list[LiveEvent]:
    """Return the committed events that nobody has emitted yet, oldest first."""
    return list(
        db.scalars(
            select(LiveEvent)
            .where(LiveEvent.emitted_at.is_(None))
            .order_by(LiveEvent.id)
            .limit(most)
        )
    )


def emitted(db: Session, events: Sequence[int]) -> None:
    """Keep that these events have been emitted."""
    db.execute(update(LiveEvent).where(LiveEvent.id.in_(events)).values(emitted_at=clock.now()))


def forget(db: Session, older_than: timedelta = timedelta(hours=1)) -> None:
    """Remove emitted events that nobody can still be waiting for."""
    db.execute(
        delete(LiveEvent).where(
            LiveEvent.emitted_at.is_not(None), LiveEvent.created_at < clock.now() - older_than
        )
    )
