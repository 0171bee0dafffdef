"""What somebody is still writing: a row of the noun whose draft it is, published whole.

A draft is a copy of a published thing under the name of the one to come; nothing is decided or held
with it. Whoever changes it says which state of it they saw, so that two people do not undo each
other's work. `Draft` has the columns, `Drafts` the acts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    declared_attr,
    joinedload,
    mapped_column,
    relationship,
)

from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from people.models import User


class Draft:
    """The columns of a draft, for a row of the noun that it belongs to."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # of what it will be, with its version
    content: Mapped[dict[str, Any]]  # as its noun reads what is published
    revision: Mapped[int] = mapped_column(default=0)  # grows at every change
    changed_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who changed it last

    @declared_attr
    def by(cls) -> Mapped[User | None]:  # noqa: N805 -- SQLAlchemy gives the class
        """Return who changed it last; None: the system."""
        return relationship()


D = TypeVar("D", bound=Draft)
Row = TypeVar("Row")


class Drafts(Generic[D]):
    """The drafts of one kind of thing."""

    def __init__(self, row: type[D], noun: str, permission: Permission) -> None:
        """Know the rows, the noun that begins their acts in the log, who may write them."""
        self.row, self._noun, self._permission = row, noun, permission

    def listed(self, db: Session) -> Sequence[D]:
        """Return the drafts, the last changed first."""
        query = select(self.row).options(joinedload(self.row.by))
        return db.scalars(query.order_by(self.row.changed_at.desc(), self.row.id.desc())).all()

    def begin(
        self, db: Session, actor: Actor, name: str, content: dict[str, Any], source: str
    ) -> D:
        """Begin a draft from what was published as `source`.

        Raises:
            Forbidden: the actor does not publish such things.
            Refused: another draft has this name.
        """
        check(db, actor, self._permission)
        if db.scalar(select(self.row.id).where(self.row.name == name)) is not None:
            raise Refused(N_("Un brouillon s'appelle déjà « %(name)s »."), name=name)
        draft = self.row()
        draft.name, draft.content = name, content
        draft.changed_at, draft.by_id = clock.now(), actor.user_id
        db.add(draft)
        db.flush()
        audit.record(db, actor, f"{self._noun}.draft", draft, name=name, source=source)
        return draft

    def take(self, db: Session, actor: Actor, draft: D, seen: int) -> None:
        """Check who acts, and hold the row if it stands as they saw it.

        Raises:
            Forbidden: the actor does not publish such things.
            Refused: somebody changed the draft after the state `seen`.
        """
        check(db, actor, self._permission)
        query = select(self.row).where(self.row.id == draft.id)
        held = query.with_for_update(**LOCK).execution_options(populate_existing=True)
        if db.scalar(held) is None or draft.revision != seen:
            raise Refused(
                N_(
                    "Ce brouillon a changé entre-temps. Rien n'a été enregistré : rouvrez-le "
                    "d'abord."
                )
            )

    def write(
        self, db: Session, actor: Actor, draft: D, content: dict[str, Any], **changed: Any
    ) -> None:
        """Write what a draft that was taken says from now on; `changed` goes into the log."""
        draft.content = content
        draft.revision += 1
        draft.changed_at, draft.by_id = clock.now(), actor.user_id
        db.flush()
        audit.record(db, actor, f"{self._noun}.write", draft, name=draft.name, **changed)

    def publish(
        self, db: Session, actor: Actor, draft: D, seen: int, publish: Callable[[], Row]
    ) -> Row:
        """Publish a draft as it stands by its noun's verb; it is a draft no more.

        Raises:
            Forbidden, Refused: as `take`; besides what `publish` raises.
        """
        self.take(db, actor, draft, seen)
        row = publish()
        db.delete(draft)
        return row

    def discard(self, db: Session, actor: Actor, draft: D, seen: int) -> None:
        """Throw a draft away; raise Forbidden and Refused as `take`."""
        self.take(db, actor, draft, seen)
        audit.record(db, actor, f"{self._noun}.discard", draft, name=draft.name)
        db.delete(draft)
