"""What one instrument tells the others about a candidacy; they write and read here, never meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from enrolment.models import Candidacy, Gate, GateKind
from kernel import clock
from kernel.db import LOCK

SAT_HERE: Final = "test"
"""Detail of a written result whose test was sat here, under watch."""
UNDECIDED: Final = "undecided"
"""Detail of a watch that nobody has decided on."""


def find(db: Session, candidacy: Candidacy, kind: GateKind) -> Gate | None:
    """Return the last word of `kind` about `candidacy`, if there is one."""
    return db.scalar(
        select(Gate)
        .where(Gate.candidacy_id == candidacy.id, Gate.kind == kind)
        .execution_options(populate_existing=True)
    )


def is_open(db: Session, candidacy: Candidacy, kind: GateKind) -> bool:
    """Tell whether the gate of `kind` is open; a gate never written is closed."""
    gate = find(db, candidacy, kind)
    return gate is not None and gate.open


def withheld() -> Select[int]:
    """Select the candidacies whose result is withheld: what is kept of them stays meanwhile."""
    return select(Gate.candidacy_id).where(Gate.kind == GateKind.WITHHELD, Gate.open)


def put(
    db: Session, candidacy: Candidacy, kind: GateKind, *, is_open: bool, detail: str = ""
) -> bool:
    """Write the last word of `kind` about `candidacy`; tell whether its gate was open before.

    Its row is held: two instruments that open their gates at one moment see each other's.
    """
    db.execute(select(Candidacy.id).where(Candidacy.id == candidacy.id).with_for_update(**LOCK))
    gate = find(db, candidacy, kind)
    was_open = gate is not None and gate.open
    if gate is None:
        gate = Gate(candidacy_id=candidacy.id, kind=kind)
        db.add(gate)
    gate.open, gate.at, gate.detail = is_open, clock.now(), detail
    db.flush()
    return was_open


def held_by_watch(known: Iterable[Gate]) -> str:
    """Return why the watch over the written test holds the result back; "" where it does not.

    "undecided" or "void". A result from elsewhere is none of the watch's matter.
    """
    gates = {gate.kind: gate for gate in known}
    watched, written = gates.get(GateKind.PROCTORING), gates.get(GateKind.WRITTEN_RESULT)
    if watched is None or watched.open:
        return ""
    if written is not None and written.open and written.detail != SAT_HERE:
        return ""
    return watched.detail or UNDECIDED


def is_held_by_watch(why: str = "") -> ColumnElement[bool]:
    """Tell in SQL of a `Candidacy` what `held_by_watch` tells of loaded gates; "": whatever why."""
    watched, written = aliased(Gate), aliased(Gate)
    shut = exists().where(
        watched.candidacy_id == Candidacy.id,
        watched.kind == GateKind.PROCTORING,
        watched.open.is_(False),
        *([func.coalesce(func.nullif(watched.detail, ""), UNDECIDED) == why] if why else []),
    )
    elsewhere = exists().where(
        written.candidacy_id == Candidacy.id,
        written.kind == GateKind.WRITTEN_RESULT,
        written.open,
        written.detail != SAT_HERE,
    )
    return shut & ~elsewhere


def missing(db: Session, candidacy: Candidacy) -> set[GateKind]:
    """Return what the candidacy still lacks to be complete.

    The gates that it requires and that are not open, and the watch where it holds the result back.
    """
    gates = of_candidacy(db, candidacy.id)
    opened = {gate.kind for gate in gates if gate.open}
    lacking = {GateKind(kind) for kind in candidacy.required_gates} - opened
    return lacking | {GateKind.PROCTORING} if held_by_watch(gates) else lacking


def of_candidacy(db: Session, candidacy_id: int) -> list[Gate]:
    """Return every gate of a candidacy, as the database has them."""
    query = select(Gate).where(Gate.candidacy_id == candidacy_id)
    return list(db.scalars(query.execution_options(populate_existing=True)))
