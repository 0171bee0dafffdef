"""What pages read of verdicts and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import Candidacy, Candidate, Certification
from kernel.levels import Level
from results.models import Document, VerdictRow
from rubrics.library import grid
from rubrics.scale import LOWEST, NOT_ASSESSABLE, mark_label
from written_test.questions.drafts import Skill


def verdict_of(db: Session, candidacy_id: int) -> VerdictRow | None:
    """Return the verdict in force of a candidacy, with its documents."""
    return db.scalars(
        select(VerdictRow)
        .where(VerdictRow.candidacy_id == candidacy_id)
        .options(selectinload(VerdictRow.documents))
        .order_by(VerdictRow.version.desc())
        .limit(1)
    ).first()


def verdicts_of(db: Session, candidacy_ids: Sequence[int]) -> dict[int, VerdictRow]:
    """Return the verdict in force of each candidacy that has one."""
    rows = db.scalars(
        select(VerdictRow)
        .where(VerdictRow.candidacy_id.in_(candidacy_ids))
        .options(selectinload(VerdictRow.documents))
        .order_by(VerdictRow.version)
    )
    return {row.candidacy_id: row for row in rows}


def with_all_it_bears(db: Session, verdict_id: int) -> VerdictRow:
    """Return a verdict with its documents and every row that they are drawn from."""
    candidacy = joinedload(VerdictRow.candidacy)
    return db.scalars(
        select(VerdictRow)
        .where(VerdictRow.id == verdict_id)
        .options(
            selectinload(VerdictRow.documents),
            candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
            candidacy.joinedload(Candidacy.organisation),
            candidacy.joinedload(Candidacy.certification).selectinload(Certification.registrations),
        )
    ).one()


def by_code(db: Session, code: str) -> Document | None:
    """Return the document that bears `code`, however it was typed."""
    letters = "".join(c for c in code.upper() if c.isalnum())
    if len(letters) != 16:
        return None
    typed = "-".join(letters[i : i + 4] for i in range(0, 16, 4))
    verdict = joinedload(Document.verdict)
    candidacy = verdict.joinedload(VerdictRow.candidacy)
    return db.scalar(
        select(Document)
        .where(Document.code == typed)
        .options(
            candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
            candidacy.joinedload(Candidacy.certification),
            candidacy.joinedload(Candidacy.organisation),
        )
    )


def document(db: Session, document_id: int) -> Document | None:
    """Return one document with what its permission asks about."""
    return db.scalar(
        select(Document)
        .where(Document.id == document_id)
        .options(
            joinedload(Document.verdict)
            .joinedload(VerdictRow.candidacy)
            .joinedload(Candidacy.candidate)
        )
    )


def written_skills(verdict: VerdictRow) -> dict[Skill, Level]:
    """Return the level of each skill of the written part, in order, where its result told."""
    kept = verdict.inputs.get("written_skills", {})
    return {skill: Level(kept[skill]) for skill in Skill if skill in kept}


def profile(verdict: VerdictRow, locale: str) -> list[dict[str, Any]]:
    """Return the criteria of a verdict as a profile: name, word, rank 0 (below A1) to 16 (C2)."""
    names = grid().names(locale)
    rows: list[dict[str, Any]] = []
    for key, text in grid().in_order(verdict.inputs["marks"]):
        thirds = int(text) if text.isdigit() else None
        rows.append(
            {
                "name": names.get(key, key),
                "word": mark_label(NOT_ASSESSABLE if thirds is None else thirds, locale),
                "rank": None if thirds is None else thirds - LOWEST,
            }
        )
    return rows
