"""Correct who somebody is: each change is kept, and everything that bears a name follows."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from enrolment.identity import IDENTITY, Identity, account_names, checked
from enrolment.models import Candidacy, Candidate, Gate, GateKind, IdentityCorrection, Stage
from kernel import audit, clock, exam_zone
from kernel.db import LOCK
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, Role, check

_SEEN = (Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE)
_OVER = (Stage.WITHDRAWN, Stage.EXPIRED)


def correct(db: Session, actor: Actor, candidacy: Candidacy, identity: Identity) -> int:
    """Correct the identity; each changed field is kept with who and when. Return how many changed.

    From the moment that an evaluator compares it with a document, for any candidacy of this
    person, only the certifier changes it: the documents of the exam bear the name that was seen.
    The account takes the name too, so that letters do.

    Raises:
        Invalid: a field cannot be; it is named.
        Refused: the documents have gone out, or the identity is being or has been checked.
    """
    check(db, actor, Permission.CORRECT_IDENTITY, candidacy)
    identity = checked(identity, exam_zone.day_of(clock.now()))
    stages = _held(db, candidacy)
    if candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Les résultats sont publiés : l'identité ne se corrige plus ici."))
    seen = _compared(db, candidacy) or not stages.isdisjoint({*_SEEN, Stage.VALIDATED})
    if seen and actor.role is not Role.COORDINATOR:
        raise Refused(
            N_("L'identité a été comparée à un document : seul le certificateur la corrige encore.")
        )
    changed = _change(db, actor, candidacy.candidate, identity)
    if changed:
        user = candidacy.candidate.user
        user.given_name, user.family_name = account_names(identity)
        audit.record(
            db, actor, "identity.correct", candidacy, candidacy_id=candidacy.id, fields=changed
        )
    return changed


def _held(db: Session, candidacy: Candidacy) -> set[Stage]:
    """Hold every candidacy of the person, read their stages anew and return them."""
    db.flush()
    rows = db.scalars(
        select(Candidacy)
        .join(Candidate, Candidate.id == Candidacy.candidate_id)
        .where(Candidate.user_id == candidacy.candidate.user_id)
        .order_by(Candidacy.id)
        .with_for_update(of=Candidacy, **LOCK)
        .execution_options(populate_existing=True)
    )
    return {row.stage for row in rows}


def _compared(db: Session, candidacy: Candidacy) -> bool:
    """Tell whether a document was compared for any candidacy of the person that is not over."""
    return bool(
        db.scalar(
            select(
                exists().where(
                    Candidate.user_id == candidacy.candidate.user_id,
                    Candidacy.candidate_id == Candidate.id,
                    Candidacy.stage.not_in(_OVER),
                    Gate.candidacy_id == Candidacy.id,
                    Gate.kind == GateKind.IDENTITY,
                    Gate.open,
                )
            )
        )
    )


def _change(db: Session, actor: Actor, candidate: Candidate, identity: Identity) -> int:
    changed = 0
    for name in IDENTITY:
        before, after = getattr(candidate, name), getattr(identity, name)
        if before == after:
            continue
        changed += 1
        db.add(
            IdentityCorrection(
                candidate_id=candidate.id,
                field=name,
                before=str(before),
                after=str(after),
                by_id=actor.user_id,
                at=clock.now(),
            )
        )
        setattr(candidate, name, after)
    return changed
