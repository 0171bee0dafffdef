"""A browser as the server meets it: what it shows, what it keeps, what it sends and when.

It makes operations as `frontend/marks/cells.js` does, and remembers which values a
person took away knowingly, so that a test can tell what must still be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from kernel.permissions import Actor
from rubrics import queries, syncing
from rubrics.models import Kind, Scoresheet
from rubrics.operations import Wish

_names = count()
Shown = dict[str, str]


@dataclass
class Memory:
    """Every value ever written, what somebody wrote over knowingly, and what was chosen."""

    written: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)


class Browser:
    """One device that marks `sheet`."""

    def __init__(self, db: Session, actor: Actor, sheet: Scoresheet, memory: Memory) -> None:
        self.db, self.actor, self.sheet, self.memory = db, actor, sheet, memory
        self.pending: list[Wish] = []
        self.refresh()

    def refresh(self) -> None:
        """Take what the server has."""
        self.revision = self.sheet.revision
        self.known = {mark.criterion: mark.reason for mark in self.sheet.marks}
        self.known_notes = {note.client_id: note.text for note in queries.live_notes(self.sheet)}
        self.rivals = {
            criterion: [(cell.client_id, cell.value["reason"]) for cell in cells[Kind.LEVEL]]
            for criterion, cells in queries.rivals(self.sheet).items()
        }

    @property
    def marks(self) -> Shown:
        mine = {
            wish.place: wish.value["reason"] for wish in self.pending if wish.kind is Kind.LEVEL
        }
        return self.known | mine

    @property
    def notes(self) -> Shown:
        notes = dict(self.known_notes)
        for wish in self.pending:
            if wish.kind is Kind.NOTE:
                notes[wish.place] = wish.value["text"]
            elif wish.kind is Kind.REMOVAL:
                notes.pop(wish.place, None)
        return notes

    def mark(self, criterion: str) -> None:
        """Write a value that nobody wrote before over the one that is shown."""
        text = self._fresh(self.marks.get(criterion))
        last = self._last(criterion, Kind.LEVEL)
        value = {"thirds": None, "not_assessable": True, "reason": text}
        if last is None and criterion in self.rivals:
            self._keep(Kind.LEVEL, criterion, value, 0, self.rivals[criterion][0][0])
        else:
            self._follow(Kind.LEVEL, criterion, value, last)

    def choose(self, criterion: str, number: int) -> None:
        """Settle on one of the values that are shown, where there are several."""
        shown = self.rivals.get(criterion, [])
        if not shown or self._last(criterion, Kind.LEVEL) is not None:
            return
        kept = shown[number % len(shown)][1]
        self.memory.replaced |= {text for _, text in shown if text != kept}
        self.memory.chosen.add(kept)
        value = {"thirds": None, "not_assessable": True, "reason": kept}
        self._keep(Kind.LEVEL, criterion, value, self.revision, "")

    def note(self, number: int) -> None:
        """Write a new note, or other words in one of those that are shown."""
        shown = sorted(self.notes)
        place = shown[number] if number < len(shown) else f"note-{next(_names)}"
        text = self._fresh(self.notes.get(place))
        value = {"text": text, "criterion": None, "part": None, "second": None}
        self._follow(Kind.NOTE, place, value, self._last(place, Kind.NOTE))

    def remove(self, number: int) -> None:
        """Take away one of the notes that are shown."""
        shown = sorted(self.notes)
        if number < len(shown):
            self.memory.replaced.add(self.notes[shown[number]])
            last = self._last(shown[number], Kind.NOTE)
            self._follow(Kind.REMOVAL, shown[number], {}, last)

    def send(self, most: int, *, answered: bool = True) -> None:
        """Send the oldest operations; without an answer, they will be sent again."""
        outcomes = syncing.take(self.db, self.actor, self.sheet, self.pending[:most])
        assert [outcome.refusal for outcome in outcomes] == [None] * len(outcomes)
        if answered:
            del self.pending[:most]
            self.refresh()

    def _fresh(self, shown: str | None) -> str:
        if shown:
            self.memory.replaced.add(shown)
        text = f"words {next(_names)}"
        self.memory.written.add(text)
        return text

    def _last(self, place: str, kind: Kind) -> Wish | None:
        mine = [
            operation
            for operation in self.pending
            if (operation.place, operation.kind) == (place, kind)
        ]
        return mine[-1] if mine else None

    def _follow(self, kind: Kind, place: str, value: dict[str, Any], last: Wish | None) -> None:
        if last is None:
            self._keep(kind, place, value, self.revision, "")
        else:
            self._keep(kind, place, value, last.base, last.id)

    def _keep(self, kind: Kind, place: str, value: dict[str, Any], base: int, after: str) -> None:
        self.pending.append(Wish(f"op-{next(_names)}", kind, place, value, base, after))
