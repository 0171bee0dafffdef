"""What pages read of verdicts and documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from enrolment.models import Candidacy, Candidate, Certification
from kernel.codes import in_fours
from kernel.levels import Level
from kernel.permissions import Actor, Permission, may
from results.explanation import mark_word
from results.models import Document, VerdictInput, VerdictRow
from rooms.models import Interview
from rubrics.library import Grid, read_grid
from rubrics.models import Performance, Scoresheet
from rubrics.scale import LOWEST, NOT_ASSESSABLE
from written_test.questions.drafts import Skill


def verdict_of(db: Session, candidacy_id: int) -> VerdictRow | None:
    """Return the verdict in force of a candidacy, with its documents and its grid."""
    return db.scalars(
        select(VerdictRow)
        .where(VerdictRow.candidacy_id == candidacy_id)
        .options(selectinload(VerdictRow.documents), _with_grid())
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
            _with_grid(),
            candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
            candidacy.joinedload(Candidacy.organisation),
            candidacy.joinedload(Candidacy.certification).selectinload(Certification.registrations),
        )
    ).one()


def _with_grid() -> ORMOption:
    return selectinload(VerdictRow.used).joinedload(VerdictInput.rubric)


def grid_of(verdict: VerdictRow) -> Grid:
    """Return the version of the grid that a verdict was marked with."""
    [rubric] = [used.rubric for used in verdict.used if used.rubric is not None]
    return read_grid(rubric.content)


def sheets_of(db: Session, verdict: VerdictRow) -> list[Scoresheet]:
    """Return the sheets that a verdict used, in their order, with raters, marks and remarks."""
    return list(
        db.scalars(
            select(Scoresheet)
            .join(VerdictInput, VerdictInput.scoresheet_id == Scoresheet.id)
            .where(VerdictInput.verdict_id == verdict.id)
            .order_by(VerdictInput.id)
            .options(
                joinedload(Scoresheet.rater),
                joinedload(Scoresheet.performance).joinedload(Performance.rubric),
                selectinload(Scoresheet.marks),
                selectinload(Scoresheet.notes),
            )
        )
    )


def oral_of(db: Session, verdict: VerdictRow) -> Interview:
    """Return the oral that a verdict is about, with its appointment."""
    return db.scalars(
        select(Interview)
        .where(
            exists().where(
                VerdictInput.verdict_id == verdict.id,
                VerdictInput.scoresheet_id == Scoresheet.id,
                Scoresheet.performance_id == Interview.performance_id,
            )
        )
        .options(joinedload(Interview.appointment))
    ).one()


CODE_LENGTH: Final = 16


def letters_of(code: str) -> str:
    """Return the letters and digits of a document's code, however it was typed."""
    return "".join(c for c in code.upper() if c.isalnum())


def by_code(db: Session, code: str) -> Document | None:
    """Return the document that bears `code`, however it was typed."""
    letters = letters_of(code)
    if len(letters) != CODE_LENGTH:
        return None
    verdict = joinedload(Document.verdict)
    candidacy = verdict.joinedload(VerdictRow.candidacy)
    return db.scalar(
        select(Document)
        .where(Document.code == in_fours(letters))
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


def opened_by(db: Session, actor: Actor, verdict: VerdictRow) -> list[Document]:
    """Return the documents of a verdict that somebody may open, as they were issued."""
    return [row for row in verdict.documents if may(db, actor, Permission.SEE_DOCUMENT, row)]


def written_skills(verdict: VerdictRow) -> dict[Skill, Level]:
    """Return the level of each skill of the written part, in order, where its result told."""
    kept = verdict.inputs.get("written_skills", {})
    return {skill: Level(kept[skill]) for skill in Skill if skill in kept}


def written_sat_on(verdict: VerdictRow) -> date | None:
    """Return the day of the written test that a verdict used, where its result told."""
    return next(
        (used.written_result.sat_on for used in verdict.used if used.written_result is not None),
        None,
    )


def profile(verdict: VerdictRow, locale: str) -> list[dict[str, Any]]:
    """Return the criteria of a verdict as a profile: name, word, rank 0 (below A1) to 16 (C2).

    A mark that two raters' mean makes may lie between two ranks.
    """
    grid = grid_of(verdict)
    names = grid.names(locale)
    rows: list[dict[str, Any]] = []
    for key, text in grid.in_order(verdict.inputs["marks"]):
        thirds = None if text == NOT_ASSESSABLE else Fraction(text)
        rows.append(
            {
                "name": names[key],
                "word": mark_word(text, locale),
                "rank": None if thirds is None else float(thirds - LOWEST),
            }
        )
    return rows
