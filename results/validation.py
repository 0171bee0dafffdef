"""« Valider les résultats »: from marks and written level to a verdict, and the documents.

A later step makes this a deliberation; the verdict itself is already the pure function of
`results.verdict`, stored with its policy, its inputs and its explanation.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment import gates, journey
from enrolment.models import Candidacy, GateKind, Stage
from kernel import audit, clock, live, outbox
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from results.models import Document, DocumentKind, VerdictRow
from results.policies import named
from results.printing import require_printable
from results.verdict import GivenMark, NeedsCoordinator, Verdict, decide
from rubrics.models import Performance, PerformanceKind, Scoresheet, SheetState
from rubrics.scale import NOT_ASSESSABLE
from written_test.elsewhere.choosing import waiting_of
from written_test.models import WrittenResult
from written_test.recording import current as written_result

ISSUE = "documents"
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


WITHHELD = {
    "undecided": N_(
        "La surveillance du test écrit attend votre décision : le résultat ne se valide pas avant."
    ),
    "void": N_(
        "Le test écrit a été annulé après examen de sa surveillance : il faut un autre résultat "
        "écrit avant de valider."
    ),
    "conflict": N_(
        "Deux résultats écrits se contredisent : choisissez celui qui compte avant de valider."
    ),
}
"""What holds a result back though marks and written level are there, and what to do."""


@dataclass(frozen=True)
class Inputs:
    """What a verdict is made from."""

    sheet: Scoresheet
    marks: dict[str, GivenMark]
    written: WrittenResult


def submitted_sheet(db: Session, candidacy_id: int) -> Scoresheet | None:
    """Return the submitted scoresheet in force of the candidacy's last oral, if there is one."""
    return db.scalars(
        select(Scoresheet)
        .join(Scoresheet.performance)
        .where(
            Performance.candidacy_id == candidacy_id,
            Performance.kind == PerformanceKind.INTERVIEW,
            Scoresheet.state == SheetState.SUBMITTED,
        )
        .options(
            selectinload(Scoresheet.marks),
            joinedload(Scoresheet.performance).joinedload(Performance.rubric),
            joinedload(Scoresheet.rater),
        )
        .order_by(Scoresheet.performance_id.desc(), Scoresheet.version.desc())
        .limit(1)
    ).first()


def inputs(db: Session, candidacy: Candidacy) -> Inputs | None:
    """Return the marks and the written result, or None while one of them is missing."""
    sheet = submitted_sheet(db, candidacy.id)
    written = written_result(db, candidacy.id)
    if sheet is None or written is None:
        return None
    marks: dict[str, GivenMark] = {
        mark.criterion: NOT_ASSESSABLE if mark.thirds is None else mark.thirds
        for mark in sheet.marks
    }
    return Inputs(sheet, marks, written)


def watched(db: Session, candidacy: Candidacy) -> str:
    """Return what was decided of the watch over the written test: "" where nobody watched.

    Otherwise "undecided", "clear", "incident" or "void".
    """
    gate = gates.find(db, candidacy, GateKind.PROCTORING)
    if gate is None:
        return ""
    return gate.detail or ("clear" if gate.open else "undecided")


def withheld_by(db: Session, candidacy: Candidacy) -> str:
    """Return which of `WITHHELD` keeps the result back, or nothing."""
    if watch := gates.held_by_watch(gates.of_candidacy(db, candidacy.id)):
        return watch
    return "conflict" if waiting_of(db, candidacy.id) else ""


def preview(db: Session, candidacy: Candidacy) -> Verdict | NeedsCoordinator | None:
    """Return the verdict that validation would give now; nothing is stored."""
    given = inputs(db, candidacy)
    if given is None:
        return None
    policy = named(candidacy.certification.policy)
    return decide(policy, given.marks, given.written.level, candidacy.target_level)


def validate(db: Session, actor: Actor, candidacy: Candidacy) -> VerdictRow:
    """Store the verdict and queue the documents; they go out once they are made.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: something is missing, too many criteria could not be assessed, a name has a sign
            that cannot be printed, or done already.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    journey.lock(db, candidacy)
    if candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Ces résultats ont déjà été validés ; les documents sont partis."))
    if why := withheld_by(db, candidacy):
        raise Refused(WITHHELD[why])
    given = inputs(db, candidacy)
    if given is None or candidacy.stage is not Stage.COMPLETE:
        raise Refused(N_("Il manque les notes de l'oral ou le niveau écrit : rien n'a été validé."))
    policy = named(candidacy.certification.policy)
    outcome = decide(policy, given.marks, given.written.level, candidacy.target_level)
    if isinstance(outcome, NeedsCoordinator):
        raise Refused(
            N_(
                "Plusieurs critères n'ont pas pu être évalués : aucun niveau ne se calcule. "
                "Rouvrez la grille, ou faites repasser l'oral."
            )
        )
    require_printable(candidacy)
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


def _store(
    db: Session, actor: Actor, candidacy: Candidacy, given: Inputs, outcome: Verdict
) -> VerdictRow:
    last = db.scalar(
        select(VerdictRow.version)
        .where(VerdictRow.candidacy_id == candidacy.id)
        .order_by(VerdictRow.version.desc())
        .limit(1)
    )
    moment = clock.now()
    row = VerdictRow(
        candidacy_id=candidacy.id,
        version=(last or 0) + 1,
        policy=outcome.policy,
        inputs={
            "policy": named(outcome.policy).as_json(),
            "marks": {key: str(mark) for key, mark in given.marks.items()},
            "written": str(given.written.level),
            **_written(given.written),
            "proctoring": watched(db, candidacy),
        },
        digest=outcome.digest,
        oral=outcome.oral,
        written=outcome.written,
        overall=outcome.overall,
        target=candidacy.target_level,
        certified=outcome.certificate is not None,
        criteria={key: level and str(level) for key, level in outcome.criteria},
        explanation=[step.as_json() for step in outcome.explanation],
        scoresheet_id=given.sheet.id,
        validated_by_id=actor.user_id,
        validated_at=moment,
    )
    db.add(row)
    db.flush()
    kinds = [DocumentKind.ATTESTATION] + [DocumentKind.CERTIFICATE] * row.certified
    locale = candidacy.candidate.user.locale
    for kind in kinds:
        db.add(
            Document(verdict_id=row.id, kind=kind, code=new_code(), locale=locale, issued_at=moment)
        )
    db.flush()
    return row


def _written(result: WrittenResult) -> dict[str, Any]:
    """Return where the written level comes from, and what more is known of it."""
    return {
        "written_version": result.version,
        "written_source": str(result.source),
        "written_origin": result.origin_id,
        "written_reference": result.reference,
        "written_on": result.sat_on.isoformat() if result.sat_on else None,
        "written_ability": result.ability,
        "written_standard_error": result.standard_error,
        "written_skills": {skill: measured["level"] for skill, measured in result.skills.items()},
    }


def new_code() -> str:
    """Return a verification code such as « 7KQM-2XWD-9HPT-4CRV »: 80 bits, easy to type."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))
