"""What pages and the rules of second marking read of the last study."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, undefer

from people.languages import Language
from people.models import User
from rubrics.raters import studies
from rubrics.raters.models import Comparison, Period, RaterFigures, RaterSeverity, RaterStudy, Side


def languages(db: Session, study: RaterStudy) -> list[Language]:
    """Return the languages that a study has figures of."""
    rows = db.scalars(
        select(RaterFigures.language).where(RaterFigures.study_id == study.id).distinct()
    )
    return sorted(rows)


def listing(
    db: Session,
    study: RaterStudy,
    language: Language,
    comparison: Comparison,
    period: Period,
    *,
    whole: bool = False,
) -> list[RaterFigures]:
    """Return the figures of every evaluator, by name, those of all first; `whole`: by criterion."""
    kept = RaterFigures.criteria if whole else RaterFigures.chart
    rows = db.scalars(
        _of(study, language)
        .where(RaterFigures.comparison == comparison, RaterFigures.period == period)
        .options(joinedload(RaterFigures.rater), undefer(kept))
    ).all()
    return sorted(rows, key=lambda row: (row.rater is not None, _name(row.rater)))


def of_rater(
    db: Session, study: RaterStudy, rater_id: int, language: Language, period: Period
) -> dict[Comparison, RaterFigures]:
    """Return one evaluator's figures by mode, with criteria and chart."""
    rows = db.scalars(
        _of(study, language)
        .where(RaterFigures.rater_id == rater_id, RaterFigures.period == period)
        .options(undefer(RaterFigures.criteria), undefer(RaterFigures.chart))
    )
    by_comparison = {row.comparison: row for row in rows}
    return {each: by_comparison[each] for each in Comparison if each in by_comparison}


def of_all(
    db: Session, study: RaterStudy, language: Language, period: Period
) -> dict[Comparison, RaterFigures]:
    """Return the figures of all evaluators together by mode, with criteria."""
    rows = db.scalars(
        _of(study, language)
        .where(RaterFigures.rater_id.is_(None), RaterFigures.period == period)
        .options(undefer(RaterFigures.criteria))
    )
    return {row.comparison: row for row in rows}


def _of(study: RaterStudy, language: Language) -> Select[RaterFigures]:
    return select(RaterFigures).where(
        RaterFigures.study_id == study.id, RaterFigures.language == language
    )


def languages_of(db: Session, study: RaterStudy, rater_id: int) -> list[Language]:
    """Return the languages in which an evaluator has figures."""
    rows = db.scalars(
        select(RaterFigures.language)
        .where(RaterFigures.study_id == study.id, RaterFigures.rater_id == rater_id)
        .distinct()
    )
    return sorted(rows)


def severities(db: Session, study: RaterStudy, language: Language) -> list[RaterSeverity]:
    """Return every evaluator's severity, subset by subset, the most severe first."""
    rows = db.scalars(
        select(RaterSeverity)
        .where(RaterSeverity.study_id == study.id, RaterSeverity.language == language)
        .options(joinedload(RaterSeverity.rater))
    ).all()
    return sorted(
        rows,
        key=lambda row: (row.subset is None, row.subset or 0, -(row.severity or 0.0), row.id),
    )


def drift_side(row: RaterFigures) -> Side | None:
    """Return where to somebody's newest marks have moved, if they have."""
    return Side(row.chart["side"]) if row.chart.get("side") else None


def drifts(db: Session, rater_id: int, language: Language) -> Side | None:
    """Return where to an evaluator's newest live marks have moved by the last study, if they have.

    The chart begins once there is a baseline (`severity.BASELINE`); who is new is for
    `results.risks` to say, by the certification's own number.
    """
    study = studies.latest_done(db)
    if study is None:
        return None
    row = of_rater(db, study, rater_id, language, Period.EVER).get(Comparison.LIVE)
    return drift_side(row) if row else None


def _name(rater: User | None) -> str:
    return rater.name if rater else ""
