"""What one instrument tells the others about a candidacy; they write and read here, never meet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Gate, GateKind
from kernel import clock


def find(db: Session, candidacy: Candidacy, kind: GateKind) -> Gate | None:
    """Return the last word of `kind` about `candidacy`, if there is one."""
    return db.scalar(select(Gate).where(Gate.candidacy_id == candidacy.id, Gate.kind == kind))


def is_open(db: Session, candidacy: Candidacy, kind: GateKind) -> bool:
    """Tell whether the gate of `kind` is open; a gate never written is closed."""
    gate = find(db, candidacy, kind)
    return gate is not None and gate.open


def put(
    db: Session, candidacy: Candidacy, kind: GateKind, *, is_open: bool, detail: str = ""
) -> Gate:
    """Write the last word of `kind` about `candidacy`."""
    gate = find(db, candidacy, kind)
    if gate is None:
        gate = Gate(candidacy_id=candidacy.id, kind=kind)
        db.add(gate)
    gate.open, gate.at, gate.detail = is_open, clock.now(), detail
    db.flush()
    return gate
