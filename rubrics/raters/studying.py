"""A study: figures and severities from every submitted sheet, kept until the next one is done.

The jobs process alone imports this: numpy and scipy are slow to load.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from kernel import clock
from kernel.db import Database
from kernel.runs import Finish, Progress
from rubrics.raters import report, studies
from rubrics.raters.models import RaterFigures, RaterSeverity, RaterStudy
from rubrics.raters.report import Severities
from rubrics.raters.sheets import load

FIGURES: Final = 0.4
"""The share of a study that figures take; the rest is the Rasch model."""


def begin(database: Database, run_id: int) -> threading.Thread:
    """Make a study on a thread of its own; return the thread."""
    return studies.RUNS.begin(run_id, partial(make, database, run_id))


def make(database: Database, run_id: int) -> None:
    """Make the study that a run asks for, saying how far it is; again changes nothing."""
    studies.RUNS.carry_out(database, run_id, _study)


def _study(progress: Progress) -> Finish[RaterStudy]:
    now = np.datetime64(clock.now().replace(tzinfo=None), "s")
    with progress.database.session(read_only=True) as db:
        sheets = load(db)
    rows = list(report.rows(sheets, now, lambda share: progress(FIGURES * share)))
    languages = [str(language) for language in np.unique(sheets.language[sheets.shared])]
    severities = {}
    for number, language in enumerate(languages):
        each = (1 - FIGURES) / len(languages)
        tell = partial(_tell, progress, FIGURES + number * each, each)
        severities[language] = report.severities(sheets, language, now, tell)

    def keep(db: Session, study: RaterStudy) -> None:
        study.sheets = len(sheets)
        study.summary = {
            language: _of_all(severity, sheets.criteria)
            for language, severity in severities.items()
        }
        _insert(db, RaterFigures, [_figures(row, study.id) for row in rows])
        _insert(db, RaterSeverity, _severities(severities, study.id))
        for kept in (RaterFigures, RaterSeverity):
            db.execute(delete(kept).where(kept.study_id < study.id))

    return keep


def _tell(progress: Progress, before: float, each: float, share: float) -> None:
    progress(before + each * share)


def _insert(db: Session, kind: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        db.execute(insert(kind), values)


def _figures(row: report.Row, study: int) -> dict[str, Any]:
    values = asdict(row)
    return values | {"rater_id": values.pop("rater"), "study_id": study}


def _severities(by_language: dict[str, Severities], study: int) -> Iterable[dict[str, Any]]:
    for language, severity in by_language.items():
        estimate = severity.estimate
        for place, rater in enumerate(severity.raters):
            row: dict[str, Any] = {"subset": None, "extreme": False}
            row |= dict.fromkeys(("severity", "error", "infit", "outfit", "fair"))
            if estimate is not None:
                subset = int(estimate.raters.subset[place])
                row |= {
                    "subset": subset if subset >= 0 else None,
                    "severity": _number(estimate.raters.measure[place]),
                    "error": _number(estimate.raters.error[place]),
                    "infit": _number(estimate.infit[place]),
                    "outfit": _number(estimate.outfit[place]),
                    "fair": _number(estimate.fair[place]),
                    "extreme": place in estimate.extreme_raters,
                }
            row |= {"study_id": study, "rater_id": rater, "language": language}
            yield row | {"shared": severity.shared[place]}


def _of_all(severity: Severities, criteria: tuple[str, ...]) -> dict[str, Any]:
    estimate = severity.estimate
    if estimate is None:
        return {}
    return {
        "criteria": {
            key: [_number(measure), _number(error)]
            for key, measure, error in zip(
                criteria, estimate.criteria.measure, estimate.criteria.error, strict=False
            )
        },
        "modes": [_number(measure) for measure in estimate.modes.measure],
        "mode_error": _number(estimate.modes.error[0]),
        "modes_compared": len(set(estimate.modes.subset.tolist())) == 1,
        "subsets": len({number for number in estimate.raters.subset.tolist() if number >= 0}),
        "extreme_candidates": estimate.extreme_candidates,
        "marks": int(estimate.ratings.sum()),
        "converged": estimate.converged,
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
