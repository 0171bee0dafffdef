"""Every answer given to a bank's questions as a table, for a new calibration; streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, check
from kernel.tables.writing import Value
from written_test.models import Bank, Item, Release, Step, StepState, WrittenTest, WrittenTestState
from written_test.questions.kinds import read_body
from written_test.questions.telling import NOTHING, Given, Teller

COLUMNS: Final = (
    *("test", "place", "item", "version", "kind", "part", "use", "right", "state", "seconds"),
    *("chosen", "chosen_words", "theta_before", "a", "b", "c", "basis"),
)
SCORED, PILOT = "scored", "pilot"
AT_ONCE: Final = 5000
"""Rows that are read from the database at a time."""


def responses(db: Session, actor: Actor, bank: Bank) -> Iterator[tuple[Value, ...]]:
    """Yield the columns, then a line for every scored part that was answered.

    `test` is a number that names nobody. `use` tells scored answers from those to pilots, which
    counted for nothing. `seconds` is the time taken over the whole question. `chosen` holds keys of
    options, in whatever order they were shown; `chosen_words` what they say, or what was written.
    `theta_before` is the ability estimated before the answer, empty at the first. a, b and c are
    those that the test used. Tests that became void are left out, as are questions replaced.

    Rows are plain columns, read as they are yielded: a million take a few seconds.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    known = _Known(db, bank)
    rows = db.execute(
        select(
            Step.test_id,
            Step.place,
            Step.item_id,
            Step.pilot,
            cast(Step.right, String).label("right"),
            Step.state,
            Step.spent_s,
            cast(Step.answer, String).label("answer"),
            Step.theta,
            WrittenTest.release_id,
        )
        .join(WrittenTest, Step.test_id == WrittenTest.id)
        .join(Release, WrittenTest.release_id == Release.id)
        .where(
            Release.bank_id == bank.id,
            WrittenTest.state != WrittenTestState.VOID,
            Step.state != StepState.OPEN,
        )
        .order_by(Step.test_id, Step.place)
        .execution_options(yield_per=AT_ONCE)
    )
    yield COLUMNS
    test_id, before = 0, None
    for row in rows:
        if row.test_id != test_id:
            test_id, before = row.test_id, None
        yield from known.lines(row, before)
        before = row.theta if row.theta is not None else before


class _Known:
    """The questions of a bank, each read once, and the parameters that its releases keep."""

    def __init__(self, db: Session, bank: Bank) -> None:
        columns = (Item.code, Item.version, Item.kind, Item.basis, Item.shape, Item.content)
        rows = db.execute(select(Item.id, *columns).where(Item.bank_id == bank.id))
        self.items = {row.id: row for row in rows}
        releases = select(Release.id, Release.entries).where(Release.bank_id == bank.id)
        self.shapes = {
            release: {item: shape for item, _exposure, shape in entries}
            for release, entries in db.execute(releases)
        }
        self.tellers: dict[int, Teller] = {}
        # Most answers are one of a few: each is read once, from its JSON.
        self.given = lru_cache(100_000)(self._given)
        self.right = lru_cache(1000)(json.loads)

    def lines(self, row: Any, before: float | None) -> Iterator[tuple[Value, ...]]:
        """Yield the lines of one step."""
        item = self.items[row.item_id]
        given = self.given(row.item_id, row.answer)
        shape = self.shapes[row.release_id].get(row.item_id, item.shape)
        for part, right in enumerate(self.right(row.right or "null") or ()):
            chosen = given[part] if given else NOTHING
            yield (
                *(row.test_id, row.place, item.code, item.version, str(item.kind), part),
                *(PILOT if row.pilot else SCORED, int(bool(right)), str(row.state), row.spent_s),
                *(chosen.keys, chosen.words, before, *shape[part], str(item.basis)),
            )

    def _given(self, item_id: int, answer: str | None) -> tuple[Given, ...]:
        said = json.loads(answer) if answer else None
        if not said:
            return ()
        teller = self.tellers.get(item_id)
        if teller is None:
            teller = self.tellers[item_id] = Teller(read_body(self.items[item_id].content))
        return teller.parts(said)
