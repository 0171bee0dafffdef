"""Parameters alone, from a table: looked at first, then all in one transaction.

A question stays the same version: what is asked does not change, only what is known of it. What
stood before is kept (`Calibration`), and so are the parameters of releases and tests.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from kernel.tables import opening
from kernel.tables.table import Cell, text
from written_test.items import grounds, states
from written_test.models import Bank, Basis, Calibration, Item, ItemState
from written_test.questions.drafts import Parameters

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "id", "identifier", "identifiant", "item"),
    "part": ("part", "partie"),
    "a": ("a", "discrimination"),
    "b": ("b", "difficulty", "difficulte"),
    "c": ("c", "guessing", "pseudo chance"),
    "se_a": ("se a", "erreur a", "erreur type a"),
    "se_b": ("se b", "erreur b", "erreur type b"),
    "se_c": ("se c", "erreur c", "erreur type c"),
    "answers": ("answers", "n", "reponses", "nombre de reponses"),
    "source": ("source", "etude"),
}
_COLUMNS: Final = {title: name for name, titles in NAMES.items() for title in titles}
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
MOST_SOURCE: Final = 200
MOST_ERROR: Final = 10.0
MOST_ANSWERS: Final = 10_000_000


class Change(StrEnum):
    """What an import of parameters does with one question."""

    MEASURED = "measured"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """Why a question is refused, as a French source string and its values."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the report says of one question; `line` is its first in the file."""

    line: int
    code: str
    change: Change
    before: tuple[tuple[float, ...], ...] = ()
    after: tuple[tuple[float, ...], ...] = ()
    errors: tuple[tuple[float | None, ...], ...] = ()
    answers: int | None = None
    source: str = ""
    why: RefusalReason | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file of parameters, and where they come from if it does not say."""

    filename: str
    data: bytes
    source: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import of parameters does, or did, a line a question."""

    filename: str
    sha256: str
    lines: tuple[Measured, ...]
    left_out: tuple[str, ...]  # columns that say nothing to us

    @property
    def counts(self) -> dict[Change, int]:
        """Return how many questions there are of each kind of change."""
        tally = Counter(line.change for line in self.lines)
        return {change: tally[change] for change in Change}

    @property
    def pilots(self) -> int:
        """Return how many of those that are taken are on trial."""
        return len(self.on_trial)

    @property
    def on_trial(self) -> list[Item]:
        """Return the questions on trial that have, or will have, these parameters."""
        return [
            line.item
            for line in self.lines
            if line.item is not None
            and line.change is not Change.REFUSED
            and line.item.state is ItemState.PILOT
        ]


class _NotTaken(Exception):
    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.why = RefusalReason(message, params)


def examine(db: Session, actor: Actor, bank: Bank, given: Table) -> Report:
    """Return what `bring_in` would do with a file; nothing is changed.

    Raises:
        Invalid: the file cannot be read as a table, or has no codes or no difficulties.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    table = opening.table(given.data, knows=lambda title: _plain(title) in _COLUMNS)
    names = [_COLUMNS.get(_plain(title), "") for title in table.columns]
    twice = next((name for name, count in Counter(names).items() if name and count > 1), None)
    if twice is not None:
        raise Invalid(N_("Deux colonnes disent la même chose : « %(name)s »."), "file", name=twice)
    for needed in ("code", "b"):
        if needed not in names:
            raise Invalid(N_("Il manque la colonne « %(name)s »."), "file", name=needed)
    rows = [(number, _cells(names, line)) for number, line in table.lines]
    left = tuple(title for title, name in zip(table.columns, names, strict=True) if not name)
    digest = hashlib.sha256(given.data).hexdigest()
    return Report(given.filename[:200], digest, tuple(_plan(db, bank, given, rows)), left)


def bring_in(db: Session, actor: Actor, bank: Bank, given: Table, *, in_use: bool) -> Report:
    """Give questions the parameters of a file; `in_use`: and put those on trial in use.

    The file is read anew: what was looked at before may have become untrue. Raise as `examine`.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    db.refresh(bank, with_for_update=LOCK)
    report = examine(db, actor, bank, given)
    taken = [line for line in report.lines if line.change is Change.MEASURED]
    moment = clock.now()
    for line in taken:
        _keep(db, actor, report, line, moment)
    db.flush()
    if taken:
        counts = {str(change): count for change, count in report.counts.items()}
        audit.record(db, actor, "bank.calibrate", bank, sha256=report.sha256, **counts)
    if in_use and report.on_trial:
        said = f"{taken[0].source if taken else given.source} ({report.filename})".strip()
        states.move_many(db, actor, report.on_trial, ItemState.IN_USE, said[: states.MOST_REASON])
    return report


def _keep(db: Session, actor: Actor, report: Report, line: Measured, moment: datetime) -> None:
    item = line.item
    if item is None:
        return
    shape = [list(part) for part in line.after]
    db.add(
        Calibration(
            item_id=item.id,
            shape=shape,
            before=item.shape,
            errors=[list(part) for part in line.errors],
            answers=line.answers,
            source=line.source,
            filename=report.filename,
            sha256=report.sha256,
            at=moment,
            by_id=actor.user_id,
        )
    )
    item.shape, item.basis = shape, Basis.MEASURED


def _plan(
    db: Session, bank: Bank, given: Table, rows: Sequence[tuple[int, dict[str, str]]]
) -> Iterable[Measured]:
    query = select(Item).where(Item.bank_id == bank.id, Item.replaced_at.is_(None))
    items = {item.code: item for item in db.scalars(query)}
    known = {row.item.code: row for row in grounds.latest(db, [item.id for item in items.values()])}
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        groups.setdefault(row.get("code", ""), []).append((number, row))
    for code, lines in groups.items():
        first = lines[0][0]
        try:
            yield _measured(items.get(code), known.get(code), given, code, lines)
        except _NotTaken as no:
            yield Measured(first, code, Change.REFUSED, why=no.why, item=items.get(code))


def _measured(
    item: Item | None,
    last: Calibration | None,
    given: Table,
    code: str,
    lines: Sequence[tuple[int, dict[str, str]]],
) -> Measured:
    if not code:
        raise _NotTaken(N_("Cette ligne n'a pas de code."))
    if item is None:
        raise _NotTaken(N_("Aucune question de cette banque n'a ce code."))
    rows = _in_order([row for _number, row in lines], len(item.shape))
    after = tuple(_parameters(row) for row in rows)
    errors = tuple(tuple(_error(row, name) for name in ("se_a", "se_b", "se_c")) for row in rows)
    source = _same(rows, "source") or given.source.strip()
    if not source:
        raise _NotTaken(N_("Dites d'où viennent ces paramètres : la source manque."))
    answers = _count(_same(rows, "answers"))
    before = tuple(tuple(part) for part in item.shape)
    told = (after, errors, answers, source[:MOST_SOURCE])
    same = last is not None and item.basis is Basis.MEASURED and told == _told(last)
    change = Change.UNCHANGED if same and before == after else Change.MEASURED
    return Measured(
        lines[0][0], code, change, before, after, errors, answers, source[:MOST_SOURCE], item=item
    )


def _told(last: Calibration) -> tuple[Any, ...]:
    shape, errors = (tuple(map(tuple, parts)) for parts in (last.shape, last.errors))
    return shape, errors, last.answers, last.source


def _in_order(rows: list[dict[str, str]], parts: int) -> list[dict[str, str]]:
    """Return the rows of a question in the order of its parts, which `part` numbers from 1."""
    if len(rows) != parts:
        if parts == 1:
            raise _NotTaken(N_("Ce code se répète : une seule ligne par question."))
        raise _NotTaken(
            N_("%(count)s lignes pour %(parts)s questions qui comptent : il en faut autant."),
            count=len(rows),
            parts=parts,
        )
    said = [row.get("part", "") for row in rows]
    if not any(said):
        return rows
    if sorted(said) != sorted(str(number) for number in range(1, parts + 1)):
        raise _NotTaken(N_("Les parties se numérotent de 1 à %(parts)s."), parts=parts)
    return sorted(rows, key=lambda row: int(row["part"]))


def _parameters(row: Mapping[str, str]) -> tuple[float, float, float]:
    if not row.get("b"):
        raise _NotTaken(N_("La difficulté b manque."))
    a, b, c = (
        _number(row.get(name, "") or usual, name)
        for name, usual in (("a", "1"), ("b", ""), ("c", "0"))
    )
    try:
        Parameters(a, b, c)
    except ValueError:
        raise _NotTaken(
            N_("Ces paramètres ne sont pas plausibles : a = %(a)s, b = %(b)s, c = %(c)s."),
            a=f"{a:g}",
            b=f"{b:g}",
            c=f"{c:g}",
        ) from None
    return a, b, c


def _error(row: Mapping[str, str], name: str) -> float | None:
    said = row.get(name, "")
    if not said:
        return None
    error = _number(said, name.replace("_", " "))
    if not 0 <= error <= MOST_ERROR:
        raise _NotTaken(
            N_("L'erreur type « %(name)s » va de 0 à %(most)s."),
            name=name.replace("_", " "),
            most=f"{MOST_ERROR:g}",
        )
    return error


def _number(said: str, name: str) -> float:
    plain = said.replace("\u2212", "-").strip()
    if not _NUMBER.fullmatch(plain) or not math.isfinite(value := float(plain.replace(",", "."))):
        raise _NotTaken(N_("« %(said)s » n'est pas un nombre (%(name)s)."), said=said, name=name)
    return value


def _count(said: str) -> int | None:
    if not said:
        return None
    digits = re.sub(r"[ \u00a0\u202f]", "", said)
    if not digits.isdecimal() or not 0 < int(digits) <= MOST_ANSWERS:
        raise _NotTaken(N_("« %(said)s » n'est pas un nombre de réponses."), said=said)
    return int(digits)


def _same(rows: Sequence[Mapping[str, str]], name: str) -> str:
    said = {row.get(name, "") for row in rows} - {""}
    if len(said) > 1:
        raise _NotTaken(
            N_("Les lignes de cette question ne disent pas la même chose (%(name)s)."), name=name
        )
    return said.pop() if said else ""


def _cells(names: Sequence[str], line: Sequence[Cell]) -> dict[str, str]:
    return {
        name: " ".join(text(cell).split()) for name, cell in zip(names, line, strict=False) if name
    }


def _plain(title: str) -> str:
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())
