"""What pages read of banks and their items."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, String, case, cast, distinct, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from written_test.models import (
    CALIBRATED,
    Bank,
    Item,
    ItemImport,
    ItemState,
    Release,
    Step,
    WrittenTest,
    WrittenTestState,
)
from written_test.questions.drafts import THIRDS, Skill
from written_test.questions.kinds import GAP, Kind

PAGE: Final = 50
ALIVE: Final = frozenset(ItemState) - {ItemState.RETIRED}


class Sort(StrEnum):
    """What a list of items goes by."""

    CODE = "code"
    LEVEL = "level"
    SKILL = "skill"
    KIND = "kind"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items of a bank are listed."""

    kind: Kind | None = None
    skill: Skill | None = None
    level: Level | None = None
    field: Field | None = None
    states: frozenset[ItemState] = ALIVE
    uncalibrated: bool = False
    words: str = ""
    sort: Sort = Sort.CODE
    down: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a list, and how many tests showed it."""

    item: Item
    shown: int

    @property
    def excerpt(self) -> str:
        """Return the words that tell the item from others."""
        said = self.item.content.get("text") or self.item.content.get("prompt", "")
        return GAP.sub("…", said)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of items."""

    rows: list[Row]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class BankRow:
    """A bank of the list, with its items in use and its last release."""

    bank: Bank
    items: int
    uncalibrated: int
    pilots: int
    drafts: int
    retired: int
    release: int | None


def _latest(bank_id: int) -> Select[Item]:
    return select(Item).where(Item.bank_id == bank_id, Item.replaced_at.is_(None))


def thirds_of(level: Level) -> tuple[str, ...]:
    """Return the levels with thirds that a level is made of."""
    return tuple(third for third in THIRDS if third.rstrip("+-") == level.value)


def banks(db: Session) -> list[BankRow]:
    """Return all banks by name."""
    in_use = Item.state == ItemState.IN_USE
    counts = (
        select(
            Item.bank_id,
            func.count().filter(in_use).label("in_use"),
            func.count().filter(in_use, Item.basis.not_in(CALIBRATED)).label("uncalibrated"),
            func.count().filter(Item.state == ItemState.PILOT).label("pilots"),
            func.count().filter(Item.state == ItemState.DRAFT).label("drafts"),
            func.count().filter(Item.state == ItemState.RETIRED).label("retired"),
        )
        .where(Item.replaced_at.is_(None))
        .group_by(Item.bank_id)
        .subquery()
    )
    releases = (
        select(Release.bank_id, func.max(Release.number).label("number"))
        .group_by(Release.bank_id)
        .subquery()
    )
    rows = db.execute(
        select(Bank, counts, releases.c.number)
        .outerjoin(counts, counts.c.bank_id == Bank.id)
        .outerjoin(releases, releases.c.bank_id == Bank.id)
        .order_by(Bank.name)
    )
    return [_row(bank, counts, release) for bank, _bank_id, *counts, release in rows]


def _row(bank: Bank, counts: Sequence[int | None], release: int | None) -> BankRow:
    in_use, uncalibrated, pilots, drafts, retired = (count or 0 for count in counts)
    return BankRow(bank, in_use, uncalibrated, pilots, drafts, retired, release)


def heat(db: Session, bank_id: int) -> dict[Skill, dict[Level, int]]:
    """Return how many items in use each skill has at each level."""
    rows = db.execute(
        select(Item.skill, Item.level, func.count())
        .where(
            Item.bank_id == bank_id,
            Item.replaced_at.is_(None),
            Item.state == ItemState.IN_USE,
        )
        .group_by(Item.skill, Item.level)
    )
    counts = {skill: dict.fromkeys(LEVELS, 0) for skill in Skill}
    for skill, level, count in rows:
        counts[skill][Level(level.rstrip("+-"))] += count
    return counts


def _filtered(bank_id: int, asked: Filters) -> Select[Item]:
    query = _latest(bank_id)
    if asked.kind is not None:
        query = query.where(Item.kind == asked.kind)
    if asked.skill is not None:
        query = query.where(Item.skill == asked.skill)
    if asked.level is not None:
        query = query.where(Item.level.in_(thirds_of(asked.level)))
    if asked.field is not None:
        query = query.where(Item.field == asked.field)
    if asked.states != frozenset(ItemState):
        query = query.where(Item.state.in_(sorted(asked.states)))
    if asked.uncalibrated:
        query = query.where(Item.basis.not_in(CALIBRATED))
    for word in asked.words.split()[:6]:
        query = query.where(_has(word))
    return query


def _has(word: str) -> Any:
    # Texts lie in JSON, where one dialect keeps letters beyond ASCII as they are and another
    # escapes them: both ways are looked for.
    content = func.lower(cast(Item.content, String))
    escaped = json.dumps(word.lower())[1:-1]
    return or_(
        func.lower(Item.code).contains(word.lower(), autoescape=True),
        content.contains(word.lower(), autoescape=True),
        content.contains(escaped, autoescape=True),
    )


def listing(db: Session, bank_id: int, asked: Filters, number: int = 1) -> Page:
    """Return one page of the latest versions of a bank's items."""
    query = _filtered(bank_id, asked)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(number, max(1, -(-total // PAGE))))
    page = (PAGE, (number - 1) * PAGE)
    if asked.sort is Sort.SHOWN:
        return Page(_by_tests(db, query, page, down=asked.down), total, number)
    orders: dict[Sort, Any] = {
        Sort.CODE: Item.code,
        Sort.LEVEL: case({level: place for place, level in enumerate(THIRDS)}, value=Item.level),
        Sort.SKILL: Item.skill,
        Sort.KIND: Item.kind,
    }
    order = orders[asked.sort]
    query = query.order_by(order.desc() if asked.down else order, Item.code)
    items = db.scalars(query.limit(page[0]).offset(page[1])).all()
    counts = _tests().where(Step.item_id.in_([item.id for item in items]))
    tests = dict(db.execute(counts).all())
    return Page([Row(item, tests.get(item.id, 0)) for item in items], total, number)


def _tests() -> Select[int, int]:
    """Return in how many tests each item was shown, for the items that were."""
    return (
        select(Step.item_id, func.count(distinct(Step.test_id)).label("tests"))
        .join(Step.test)
        .where(WrittenTest.state != WrittenTestState.VOID)
        .group_by(Step.item_id)
    )


def _by_tests(db: Session, query: Select[Any], page: tuple[int, int], *, down: bool) -> list[Row]:
    """Return a page (how many, after how many) in order of the tests: each step is counted."""
    shown = _tests().subquery()
    tests = func.coalesce(shown.c.tests, 0)
    rows = db.execute(
        query.add_columns(tests)
        .outerjoin(shown, shown.c.item_id == Item.id)
        .order_by(tests.desc() if down else tests, Item.code)
        .limit(page[0])
        .offset(page[1])
    )
    return [Row(item, count) for item, count in rows]


def matching(db: Session, bank_id: int, asked: Filters, most: int) -> list[Item]:
    """Return the latest versions that filters let through, by code, `most` of them at the most."""
    return list(db.scalars(_filtered(bank_id, asked).order_by(Item.code).limit(most)))


def among(db: Session, bank_id: int, ids: Sequence[int]) -> list[Item]:
    """Return those of a bank's items that have these ids, by code."""
    query = select(Item).where(Item.bank_id == bank_id, Item.id.in_(ids))
    return list(db.scalars(query.order_by(Item.code)))


def whole(db: Session, item_id: int) -> Item | None:
    """Return one item with its bank."""
    return db.scalar(select(Item).where(Item.id == item_id).options(joinedload(Item.bank)))


def versions(db: Session, item: Item) -> list[Item]:
    """Return all versions of an item, newest first."""
    return list(
        db.scalars(
            select(Item)
            .where(Item.bank_id == item.bank_id, Item.code == item.code)
            .order_by(Item.version.desc())
        )
    )


def imports(db: Session, bank_id: int) -> list[ItemImport]:
    """Return the last imports into a bank, newest first."""
    return list(
        db.scalars(
            select(ItemImport)
            .where(ItemImport.bank_id == bank_id)
            .order_by(ItemImport.at.desc(), ItemImport.id.desc())
            .limit(20)
        )
    )


def releases(db: Session, bank_id: int) -> list[Release]:
    """Return the releases of a bank, newest first."""
    return list(
        db.scalars(
            select(Release)
            .where(Release.bank_id == bank_id)
            .options(joinedload(Release.made_by))
            .order_by(Release.number.desc())
        )
    )
