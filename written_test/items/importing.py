"""Bring questions into a bank: look first, which changes nothing; then all in one transaction.

A question whose content is what the bank has is left alone. A changed one is a new version: what
somebody answered is never edited. The same file again changes nothing at all.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.permissions import Actor, Permission, check
from kernel.storage import Storage
from written_test.items import states
from written_test.items.reading import building, sounds, twins
from written_test.items.reading.entries import (
    Defaults,
    Entry,
    NotTaken,
    Remark,
    check_codes,
    refused,
)
from written_test.items.reading.formats import read
from written_test.models import Bank, Basis, Item, ItemImport
from written_test.questions.drafts import Draft, Parameters
from written_test.questions.kinds import Kind, write_body


class Effect(StrEnum):
    """What an import does with one question."""

    NEW = "new"
    CHANGED = "changed"  # a new version
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody gave, and what they said of what it does not say itself."""

    filename: str
    data: bytes
    defaults: Defaults


@dataclass(frozen=True, slots=True)
class Line:
    """What an import says of one question of its file."""

    file: str
    line: int
    code: str
    effect: Effect
    remarks: tuple[Remark, ...] = ()
    kind: Kind | None = None
    skill: str = ""
    level: str = ""
    version: int = 0
    draft: Draft | None = dataclasses.field(default=None, repr=False)  # to be looked at before
    state: str = ""  # that it comes in with


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does, or did: a line a question, in the order of the file."""

    filename: str
    format: str
    sha256: str
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[Effect, int]:
        """Return how many questions have each effect."""
        tally = Counter(line.effect for line in self.lines)
        return {effect: tally[effect] for effect in Effect}

    @property
    def changes(self) -> int:
        """Return how many questions come in."""
        return self.counts[Effect.NEW] + self.counts[Effect.CHANGED]

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it: the counts, and every line that is not merely unchanged."""
        return {
            "counts": {str(effect): count for effect, count in self.counts.items()},
            "lines": [
                {
                    "file": line.file,
                    "line": line.line,
                    "code": line.code,
                    "effect": str(line.effect),
                    "version": line.version,
                    "remarks": [dataclasses.asdict(remark) for remark in line.remarks],
                }
                for line in self.lines
                if line.effect is not Effect.UNCHANGED
            ],
        }


@dataclass(frozen=True, slots=True)
class _Step:
    """One line, with what it takes to carry it out."""

    line: Line
    draft: Draft | None = None
    before: Item | None = None


def examine(db: Session, actor: Actor, bank: Bank, upload: Upload) -> Report:
    """Return what `bring_in` would do with a file; nothing is changed."""
    check(db, actor, Permission.MANAGE_BANKS, None)
    form, entries = _read(upload)
    return _report(upload.filename, form, upload.data, _plan(db, bank, entries))


def bring_in(
    db: Session, actor: Actor, store: Storage, bank: Bank, upload: Upload
) -> tuple[Report, ItemImport | None]:
    """Bring the questions of a file into a bank; return what was done, and its row if anything was.

    The file is read anew: what was looked at before may have become untrue.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    _hold(db, bank)
    form, entries = _read(upload)
    steps = _plan(db, bank, entries)
    report = _report(upload.filename, form, upload.data, steps)
    return report, _carry_out(db, actor, store, bank, report, steps)


def keep_media(store: Storage, upload: Upload, progress: Callable[[float, float], None]) -> None:
    """Keep the pictures and sounds of a file before it is brought in, saying how far that is."""
    _form, entries = _read(upload)
    drafts = [entry.draft for entry in entries if entry.draft is not None]
    for number, draft in enumerate(drafts, 1):
        _keep_media(store, draft)
        progress(number, len(drafts))


def bring_in_drafts(
    db: Session, actor: Actor, store: Storage, bank: Bank, name: str, drafts: Sequence[Draft]
) -> tuple[Report, ItemImport | None]:
    """Bring in questions that were written as code, such as the demo's; as `bring_in` otherwise."""
    check(db, actor, Permission.MANAGE_BANKS, None)
    _hold(db, bank)
    entries = check_codes([_own(name, place, draft) for place, draft in enumerate(drafts, 1)])
    steps = _plan(db, bank, entries)
    prints = "\n".join(draft.fingerprint() for draft in drafts)
    report = _report(name, "drafts", prints.encode(), steps)
    return report, _carry_out(db, actor, store, bank, report, steps)


def _own(name: str, place: int, draft: Draft) -> Entry:
    try:
        made = dataclasses.replace(draft, body=building.opaque(draft.body))
    except NotTaken as error:
        return refused(name, draft.code, error, place)
    return Entry(name, place, draft.code, made)


def _hold(db: Session, bank: Bank) -> None:
    """Let two imports into one bank wait for each other."""
    db.execute(select(Bank.id).where(Bank.id == bank.id).with_for_update())


# The report's pages and the confirmation look at the same file, one after the other: pictures take
# seconds to draw anew. Whatever it holds is read-only.
_read_once = lru_cache(maxsize=1)(read)


def _read(upload: Upload) -> tuple[str, tuple[Entry, ...]]:
    questions = _read_once(upload.filename, upload.data, upload.defaults)
    return questions.format, questions.entries


def _report(filename: str, form: str, data: bytes, steps: Iterable[_Step]) -> Report:
    lines = tuple(step.line for step in steps)
    return Report(filename[:200], form, hashlib.sha256(data).hexdigest(), lines)


def _plan(db: Session, bank: Bank, entries: Sequence[Entry]) -> list[_Step]:
    latest = {
        item.code: item
        for item in db.scalars(
            select(Item).where(Item.bank_id == bank.id, Item.replaced_at.is_(None))
        )
    }
    known = {_likeness(item): code for code, item in latest.items()}
    return [_step(entry, latest.get(entry.code)) for entry in twins.named(entries, known)]


def _likeness(item: Item) -> str:
    sound = item.audio_key.removeprefix("items/").partition(".")[0]
    return twins.likeness(item.body, sound)


def _step(entry: Entry, before: Item | None) -> _Step:
    if entry.draft is None:
        remarks = (*([entry.refusal] if entry.refusal else []), *entry.notes)
        return _Step(Line(entry.file, entry.line, entry.code, Effect.REFUSED, remarks))
    draft = entry.draft if before is None else _with_calibration(entry.draft, before)
    if before is None:
        effect, version = Effect.NEW, 1
    elif before.fingerprint in (draft.fingerprint(), entry.draft.fingerprint()):
        effect, version = Effect.UNCHANGED, before.version
    else:
        effect, version = Effect.CHANGED, before.version + 1
    line = Line(
        entry.file,
        entry.line,
        draft.code,
        effect,
        entry.notes,
        draft.body.kind,
        str(draft.skill),
        draft.level,
        version,
        draft,
        "" if effect is Effect.UNCHANGED else str(states.at_first(draft, before)[0]),
    )
    return _Step(line, draft, before)


def _with_calibration(draft: Draft, before: Item) -> Draft:
    """Keep the calibration of a question that is asked as before and comes without parameters."""
    same = before.content == write_body(draft.body) and before.audio_key == audio_key(draft)
    if draft.parameters or not before.calibrated or not same:
        return draft
    kept: tuple[Parameters, ...] = before.parameters
    return dataclasses.replace(draft, parameters=kept, calibrated=True)


def audio_key(draft: Draft) -> str:
    """Return the name in the storage of a draft's sound, which says what it is and its kind."""
    if not draft.audio_data:
        return ""
    kind = sounds.kind_of(draft.audio_data) or "mp3"
    return f"items/{hashlib.sha256(draft.audio_data).hexdigest()}.{kind}"


def picture_key(name: str) -> str:
    """Return the name in the storage of a picture that a question's words name."""
    return f"items/{name}"


def _carry_out(
    db: Session,
    actor: Actor,
    store: Storage,
    bank: Bank,
    report: Report,
    steps: Sequence[_Step],
) -> ItemImport | None:
    if not report.changes:
        return None
    row = ItemImport(
        bank_id=bank.id,
        filename=report.filename,
        sha256=report.sha256,
        format=report.format,
        at=clock.now(),
        by_id=actor.user_id,
        report=report.as_json(),
    )
    db.add(row)
    db.flush()
    for step in steps:
        if step.draft is not None and step.line.effect in (Effect.NEW, Effect.CHANGED):
            db.add(_item(actor, bank, row, step.draft, step.before))
            _keep_media(store, step.draft)
    db.flush()
    counts = {str(effect): count for effect, count in report.counts.items()}
    audit.record(db, actor, "bank.import", row, bank=bank.id, **counts)
    return row


def _keep_media(store: Storage, draft: Draft) -> None:
    kept = [(picture_key(name), data) for name, data in draft.pictures]
    if draft.audio_data:
        kept.append((audio_key(draft), draft.audio_data))
    for key, data in kept:
        if not store.exists(key):
            store.put(key, data)


def _item(actor: Actor, bank: Bank, row: ItemImport, draft: Draft, before: Item | None) -> Item:
    """Return the next version of a question, in the state that it comes in with."""
    state, reason = states.at_first(draft, before)
    made = Item(
        bank_id=bank.id,
        code=draft.code,
        version=before.version + 1 if before else 1,
        kind=draft.body.kind,
        content=write_body(draft.body),
        skill=draft.skill,
        field=draft.field,
        level=draft.level,
        seconds=draft.time,
        shape=[[part.a, part.b, part.c] for part in draft.shape],
        basis=_basis(draft, before),
        state=state,
        state_reason=reason,
        fingerprint=draft.fingerprint(),
        audio_key=audio_key(draft),
        import_id=row.id,
        created_at=row.at,
        created_by_id=actor.user_id,
    )
    if before is not None:
        before.replaced_at = row.at
    return made


def _basis(draft: Draft, before: Item | None) -> Basis:
    if not draft.parameters:
        return Basis.EXPECTED
    if before is not None and before.calibrated and before.parameters == draft.parameters:
        return before.basis
    return Basis.GIVEN if draft.calibrated else Basis.ASSUMED
