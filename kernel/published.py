"""Published things: kept as rows under a name that carries its version, never edited.

A next version follows, under a name of its own. The content is kept with its digest: what no longer
has that digest is not what was published. `Shelf` holds the versions of one kind of thing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.errors import Invalid, Refused

NAME: Final = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)-([1-9][0-9]{0,5})")


class Published:
    """The columns of a published thing, for a row of the noun that it belongs to."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # carries the version
    version: Mapped[int]
    digest: Mapped[str]  # SHA-256 of the content


P = TypeVar("P", bound=Published)


def parted(name: str) -> tuple[str, int] | None:
    """Return the two parts of a name that carries its version; None: it carries none."""
    named = NAME.fullmatch(name)
    return (named[1], int(named[2])) if named else None


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of everything that a content of JSON values says."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


class Shelf(Generic[P]):
    """The published versions of one kind of thing; refusals in its own words."""

    def __init__(self, row: type[P], *, unversioned: str, standing: str, absent: str) -> None:
        """Know the rows, and the words for: no version in a name, published already, not there."""
        self.row, self._unversioned = row, unversioned
        self._standing, self._absent = standing, absent

    def find(self, db: Session, name: str) -> P | None:
        """Return the row of that name."""
        return db.scalar(select(self.row).where(self.row.name == name))

    def published(self, db: Session, name: str) -> P:
        """Return the row of that name; raise Refused where none was published."""
        row = self.find(db, name)
        if row is None:
            raise Refused(self._absent, name=name)
        return row

    def same(self, db: Session, name: str, digest: str) -> P | None:
        """Return the row of that name, None where there is none.

        Raises:
            Refused: another content was published under it.
        """
        row = self.find(db, name)
        if row is not None and row.digest != digest:
            raise Refused(self._standing, name=name)
        return row

    def version_of(self, name: str) -> int:
        """Return the version that a name carries; raise Invalid (field `name`) for none."""
        named = parted(name)
        if named is None:
            raise Invalid(self._unversioned, "name")
        return named[1]

    def require_free(self, db: Session, name: str) -> None:
        """Make sure that a next version may bear this name.

        Raises:
            Invalid: it carries no version (field `name`).
            Refused: something was published under it.
        """
        self.version_of(name)
        if self.find(db, name) is not None:
            raise Refused(self._standing, name=name)

    def versions(self, db: Session) -> Sequence[P]:
        """Return everything that was published, the last first."""
        return db.scalars(select(self.row).order_by(self.row.id.desc())).all()

    def require_whole(self, row: P, content: Mapping[str, Any]) -> None:
        """Raise ValueError unless `content` is what `row` was published with."""
        if digest(content) != row.digest:
            msg = f"{row.name} is not what was published"
            raise ValueError(msg)
