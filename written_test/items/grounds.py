"""On what the parameters of a release rest: measured on whose answers, given, or assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from written_test.models import Basis, Calibration, Item


@dataclass(frozen=True, slots=True)
class Measure:
    """One measuring: of how many questions, on how many answers each (None: not said)."""

    source: str
    at: str  # a moment, ISO 8601
    by: str
    items: int
    fewest: int | None
    most: int | None

    @property
    def moment(self) -> datetime:
        """Return when it was brought in."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Grounds:
    """How many items have parameters that were measured, given by a file, or assumed."""

    measured: int = 0
    given: int = 0
    assumed: int = 0
    measures: tuple[Measure, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return them as plain values, as a release keeps them."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self | None:
        """Return what a release keeps; None of one that was made before this was kept."""
        if not kept:
            return None
        measures = tuple(Measure(**measure) for measure in kept["measures"])
        return cls(kept["measured"], kept["given"], kept["assumed"], measures)


def latest(db: Session, items: Sequence[int]) -> list[Calibration]:
    """Return the last calibration of each of these items, made for it or a version before it."""
    measured, current = aliased(Item), aliased(Item)
    same = and_(measured.bank_id == current.bank_id, measured.code == current.code)
    rows: list[Calibration] = []
    for start in range(0, len(items), 500):
        last = (
            select(func.max(Calibration.id))
            .join(measured, Calibration.item_id == measured.id)
            .join(current, same)
            .where(current.id.in_(items[start : start + 500]), current.basis == Basis.MEASURED)
            .group_by(current.id)
        )
        rows.extend(
            db.scalars(
                select(Calibration)
                .where(Calibration.id.in_(last))
                .options(joinedload(Calibration.by), joinedload(Calibration.item))
                .order_by(Calibration.id)
            )
        )
    return rows


def history(db: Session, item: Item) -> list[Calibration]:
    """Return every calibration of any version of a question, newest first."""
    versions = select(Item.id).where(Item.bank_id == item.bank_id, Item.code == item.code)
    return list(
        db.scalars(
            select(Calibration)
            .where(Calibration.item_id.in_(versions))
            .options(joinedload(Calibration.by), joinedload(Calibration.item))
            .order_by(Calibration.id.desc())
        )
    )


def of(db: Session, items: Sequence[int]) -> Grounds:
    """Return on what the parameters of items in use rest."""
    counts: Counter[Basis] = Counter()
    for start in range(0, len(items), 500):
        some = Item.id.in_(items[start : start + 500])
        rows = db.execute(select(Item.basis, func.count()).where(some).group_by(Item.basis))
        counts.update({basis: number for basis, number in rows})  # noqa: C416 -- rows, not pairs
    groups: dict[tuple[str, str, str], list[Calibration]] = {}
    for row in latest(db, items):
        name = row.by.name if row.by else ""
        groups.setdefault((row.source, row.at.isoformat(), name), []).append(row)
    return Grounds(
        measured=counts[Basis.MEASURED],
        given=counts[Basis.GIVEN],
        assumed=counts[Basis.ASSUMED] + counts[Basis.EXPECTED],
        measures=tuple(_measure(*head, rows) for head, rows in groups.items()),
    )


def _measure(source: str, at: str, by: str, rows: Sequence[Calibration]) -> Measure:
    known = [row.answers for row in rows if row.answers is not None]
    fewest, most = (min(known), max(known)) if len(known) == len(rows) else (None, None)
    return Measure(source, at, by, len(rows), fewest, most)
