"""That a process lives: a row it writes again every few seconds, read by whoever asks.

Real time, even where the demo has moved its clock: a process is alive now or it is not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock
from kernel.db import Base

EVERY = timedelta(seconds=4)
DEAD_AFTER = timedelta(seconds=15)


class Pulse(Base):
    """The last beat of one process, by its name."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def _real_now() -> datetime:
    return clock.now() - clock.offset()


def beat(db: Session, name: str) -> None:
    """Say that the process `name` lives."""
    db.merge(Pulse(name=name, at=_real_now()))


def alive(db: Session, name: str) -> bool:
    """Tell whether the process `name` said so in the last 15 seconds."""
    last = db.get(Pulse, name)
    return last is not None and _real_now() - last.at < DEAD_AFTER
