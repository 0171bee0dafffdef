"""« Valider les résultats »: from marks and written level to a verdict, and the documents.

A later step makes this a deliberation; the verdict itself is already the pure function of
`results.verdict`, stored with its policy, its inputs and its explanation.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates, journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, live, outbox
from kernel.codes import LETTERS, in_fours
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from results import inputs, jury, kinds
from results.models import Document, VerdictRow
from results.printing import require_printable
from results.verdict import NeedsCoordinator, Verdict
from rooms import incidents
from written_test.elsewhere.choosing import waiting_of

ISSUE = "documents"

MISSING = N_("Il manque les notes de l'oral ou le niveau écrit : rien n'a été validé.")
WITHHELD = {
    "incident": N_(
        "Ce qui a été signalé pendant l'oral n'a pas été lu : prenez-en connaissance avant de "
        "valider."
    ),
    "undecided": N_(
        "La surveillance du test écrit attend votre décision : le résultat ne se valide pas avant."
    ),
    "void": N_(
        "Le test écrit a été annulé après examen de sa surveillance : il faut un autre résultat "
        "écrit avant de valider."
    ),
    "jury": N_(
        "Ce résultat est retenu en délibération : levez cette décision avant de le valider."
    ),
    "conflict": N_(
        "Deux résultats écrits se contredisent : choisissez celui qui compte avant de valider."
    ),
}
"""What holds a result back though marks and written level are there, and what to do."""


def withheld_by(db: Session, candidacy: Candidacy) -> str:
    """Return which of `WITHHELD` keeps the result back, or nothing."""
    if incidents.unread(db, candidacy.id):
        return "incident"
    if watch := gates.held_by_watch(gates.of_candidacy(db, candidacy.id)):
        return watch
    if waiting_of(db, candidacy.id):
        return "conflict"
    return "jury" if jury.withheld(db, candidacy.id) else ""


def validate(db: Session, actor: Actor, candidacy: Candidacy) -> VerdictRow:
    """Store the verdict and queue the documents; they go out once they are made.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: something is missing, too many criteria could not be assessed, a name has a sign
            that cannot be printed, or done already.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    given, outcome = decided(db, candidacy)
    row = _store(db, actor, candidacy, given, outcome)
    journey.move(db, actor, candidacy, Stage.VALIDATED)
    audit.record(
        db,
        actor,
        "results.validate",
        row,
        candidacy_id=candidacy.id,
        policy=outcome.policy,
        digest=outcome.digest,
    )
    outbox.enqueue(db, ISSUE, {"verdict_id": row.id}, dedupe=f"{ISSUE}:{row.id}")
    live.publish(db, f"candidacy:{candidacy.id}")
    return row


def decided(db: Session, candidacy: Candidacy) -> tuple[inputs.Inputs, Verdict]:
    """Return what validation would store now, the candidacy locked meanwhile.

    Raises:
        Refused: as `validate`.
    """
    journey.lock(db, candidacy)
    if candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Ces résultats ont déjà été validés ; les documents sont partis."))
    _require_free(db, candidacy)
    given = inputs.gather(db, candidacy)
    if given is None:
        raise Refused(MISSING)
    return given, require_outcome(db, candidacy, given.decide())


def require_outcome(
    db: Session, candidacy: Candidacy, outcome: Verdict | NeedsCoordinator | None
) -> Verdict:
    """Make sure that a result can be validated as it stands, and return it.

    Raises:
        Refused: something holds it back, is missing, or cannot be printed.
    """
    _require_free(db, candidacy)
    if outcome is None or candidacy.stage is not Stage.COMPLETE:
        raise Refused(MISSING)
    if gates.missing(db, candidacy):
        raise Refused(
            N_("Une étape que cette candidature exige n'est pas faite : rien n'a été validé.")
        )
    if isinstance(outcome, NeedsCoordinator):
        raise Refused(
            N_(
                "Plusieurs critères n'ont pas pu être évalués : aucun niveau ne se calcule. "
                "Rouvrez la grille, ou faites repasser l'oral."
            )
        )
    require_printable(candidacy)
    return outcome


def _require_free(db: Session, candidacy: Candidacy) -> None:
    if why := withheld_by(db, candidacy):
        raise Refused(WITHHELD[why])


def _store(
    db: Session, actor: Actor, candidacy: Candidacy, given: inputs.Inputs, outcome: Verdict
) -> VerdictRow:
    last = db.scalar(
        select(VerdictRow.version)
        .where(VerdictRow.candidacy_id == candidacy.id)
        .order_by(VerdictRow.version.desc())
        .limit(1)
    )
    watch = inputs.watched(db, candidacy)
    row = drafted(actor, candidacy, given, outcome, watch)
    row.version = (last or 0) + 1
    db.add(row)
    inputs.keep(db, row, given, watch)
    locale = candidacy.candidate.user.locale
    said: dict[str, Any] = {"locale": locale, "issued_at": row.validated_at}
    for kind in kinds.due(row):
        db.add(Document(verdict_id=row.id, kind=kind.name, code=new_code(), **said))
    db.flush()
    return row


def drafted(
    actor: Actor, candidacy: Candidacy, given: inputs.Inputs, outcome: Verdict, watch: str
) -> VerdictRow:
    """Return the verdict as it would be stored, in no session."""
    return VerdictRow(
        candidacy_id=candidacy.id,
        policy=outcome.policy,
        inputs=inputs.as_json(given, watch),
        digest=outcome.digest,
        oral=outcome.oral,
        written=outcome.written,
        overall=outcome.overall,
        target=given.target,
        certified=outcome.certificate is not None,
        criteria={key: level and str(level) for key, level in outcome.criteria},
        explanation=[step.as_json() for step in outcome.explanation],
        validated_by_id=actor.user_id,
        validated_at=clock.now(),
    )


def new_code() -> str:
    """Return a verification code such as « 7KQM-2XWD-9HPT-4CRV »: 80 bits, easy to type."""
    return in_fours("".join(secrets.choice(LETTERS) for _ in range(16)))
