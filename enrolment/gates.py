"""What one instrument tells the others about a candidacy; they write and read here, never meet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Gate, GateKind
from kernel import clock
from kernel.db import HOLD


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


def put(
    db: Session, candidacy: Candidacy, kind: GateKind, *, is_open: bool, detail: str = ""
) -> Gate:
    """Write the last word of `kind` about `candidacy`.

    Its row is held: two instruments that open their gates at one moment see each other's.
    """
    db.execute(select(Candidacy.id).where(Candidacy.id == candidacy.id).with_for_update(**HOLD))
    gate = find(db, candidacy, kind)
    if gate is None:
        gate = Gate(candidacy_id=candidacy.id, kind=kind)
        db.add(gate)
    gate.open, gate.at, gate.detail = is_open, clock.now(), detail
    db.flush()
    return gate
