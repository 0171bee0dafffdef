"""What a browser must hear about: a row of the transaction that changed something.

Jobs and media never emit. The web process alone reads these rows after their commit and tells
the browsers that watch the topic; they then ask for the new state.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

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


def publish(db: Session, topic: str, name: str = "changed", **payload: Any) -> None:
    """Tell whoever watches `topic`, after this transaction commits, that `name` happened."""
    db.add(LiveEvent(topic=topic, name=name, payload=payload, created_at=clock.now()))


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
