"""The way of a candidacy: one table of transitions, one function that moves.

A move back (another oral, an incident settled) needs a reason, and every move leaves a row.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, CandidacyMove, GateKind, Stage
from kernel import audit, clock, live
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor

FORWARD: dict[Stage, frozenset[Stage]] = {
    Stage.ENROLLED: frozenset({Stage.BOOKED, Stage.WITHDRAWN, Stage.EXPIRED}),
    Stage.BOOKED: frozenset({Stage.IN_ORAL, Stage.WITHDRAWN, Stage.SUSPENDED, Stage.EXPIRED}),
    Stage.IN_ORAL: frozenset({Stage.MARKING, Stage.SUSPENDED}),
    Stage.MARKING: frozenset({Stage.COMPLETE, Stage.SUSPENDED}),
    Stage.COMPLETE: frozenset({Stage.VALIDATED, Stage.SUSPENDED}),
    Stage.VALIDATED: frozenset(),
    Stage.SUSPENDED: frozenset({Stage.WITHDRAWN}),
    Stage.WITHDRAWN: frozenset(),
    Stage.EXPIRED: frozenset(),
}
BACK: dict[Stage, frozenset[Stage]] = {
    Stage.BOOKED: frozenset({Stage.ENROLLED}),
    Stage.IN_ORAL: frozenset({Stage.BOOKED, Stage.ENROLLED}),
    Stage.MARKING: frozenset({Stage.ENROLLED}),
    Stage.COMPLETE: frozenset({Stage.MARKING, Stage.ENROLLED}),
    Stage.VALIDATED: frozenset({Stage.COMPLETE}),
    Stage.SUSPENDED: frozenset({Stage.ENROLLED, Stage.BOOKED, Stage.MARKING, Stage.COMPLETE}),
    Stage.WITHDRAWN: frozenset({Stage.ENROLLED}),
    Stage.EXPIRED: frozenset({Stage.ENROLLED}),
}


def lock(db: Session, candidacy: Candidacy) -> None:
    """Read the stage anew and keep others from changing it until the end of the transaction.

    Whoever decides by the stage or the gates locks the candidacy first.
    """
    db.flush()  # else what this transaction decided before would be read over
    db.refresh(candidacy, attribute_names=["stage"], with_for_update=LOCK)


def move(db: Session, actor: Actor, candidacy: Candidacy, to: Stage, reason: str = "") -> None:
    """Move `candidacy` to the stage `to`; already there, nothing happens.

    Raises:
        Refused: there is no way from where it stands.
        Invalid: a move back without a reason.
    """
    lock(db, candidacy)
    here = candidacy.stage
    if here is to:
        return
    back = to in BACK.get(here, frozenset())
    if not back and to not in FORWARD[here]:
        raise Refused(
            N_("Cette candidature ne peut pas passer de « %(here)s » à « %(to)s »."),
            here=str(here),
            to=str(to),
        )
    if back and not reason.strip():
        raise Invalid(N_("Un retour en arrière demande un motif."), "reason")
    db.add(
        CandidacyMove(
            candidacy_id=candidacy.id,
            from_stage=here,
            to_stage=to,
            by_id=actor.user_id,
            at=clock.now(),
            reason=reason.strip(),
        )
    )
    candidacy.stage = to
    audit.record(
        db,
        actor,
        "candidacy.move",
        candidacy,
        candidacy_id=candidacy.id,
        **{"from": str(here), "to": str(to)},
    )
    live.publish(db, f"candidacy:{candidacy.id}")


def report(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    kind: GateKind,
    *,
    is_open: bool,
    detail: str = "",
    reason: str = "",
) -> bool:
    """Write the last word of an instrument, and let the candidacy be complete by it, or no more.

    Tells whether its gate was open before. A complete candidacy that lacks what it requires goes
    back to MARKING, for `reason`.
    """
    was_open = gates.put(db, candidacy, kind, is_open=is_open, detail=detail)
    if kind not in candidacy.required_gates:
        return was_open
    if is_open:
        complete_if_ready(db, actor, candidacy)
        return was_open
    lock(db, candidacy)
    if candidacy.stage is Stage.COMPLETE:
        move(db, actor, candidacy, Stage.MARKING, reason)
    return was_open


def complete_if_ready(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    """Move to COMPLETE once all that the candidacy requires is there; tell whether it did."""
    lock(db, candidacy)
    if candidacy.stage is not Stage.MARKING or gates.missing(db, candidacy):
        return False
    move(db, actor, candidacy, Stage.COMPLETE)
    return True
