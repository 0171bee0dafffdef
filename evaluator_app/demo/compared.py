"""Sheets that several evaluators of the demo wrote, so that the quality of marking has figures.

Second markings of a former season, whose candidacies are gone, and benchmark recordings: marks
alone, drawn once for all from evaluators who are a little severe, lenient, or moving.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import insert, select

from evaluator_app.demo import cast
from evaluator_app.demo.stage import Stage
from kernel.permissions import SYSTEM
from people.languages import Language
from rubrics.library import read_grid
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mark,
    Mode,
    Performance,
    PerformanceKind,
    RaterRole,
    Rubric,
    Scoresheet,
    SheetState,
)
from rubrics.raters import studies
from rubrics.scale import HIGHEST, LOWEST

ENGLISH: Final = (cast.EVALUATOR, cast.EVALUATOR2, cast.SENIOR)
FRENCH: Final = (cast.EVALUATOR_FLE, cast.EVALUATOR_DE)
SEVERE: Final = {cast.EVALUATOR: 0.2, cast.EVALUATOR2: 1.0, cast.SENIOR: -0.3}
"""Thirds that they mark lower than the others do."""
BY_EAR: Final = 0.4
"""Thirds lower from a recording than live."""
ORALS, RECORDINGS, FRENCH_ORALS = 54, 16, 6
MOVES_FROM: Final = 36
"""From this oral on, Daniel marks lower still when he conducts."""


def fill(stage: Stage) -> None:
    """Write the sheets, oldest first, and ask for figures."""
    random = np.random.default_rng(7)
    for number in range(ORALS):
        first = ENGLISH[number % 3]
        second = ENGLISH[(number + 1 + number // 3 % 2) % 3]
        moved = 1.6 if first == cast.EVALUATOR2 and number >= MOVES_FROM else 0.0
        by = {first: moved, second: BY_EAR}
        _performance(stage, random, Language.EN, ORALS + 20 - number, by, PerformanceKind.INTERVIEW)
    for number in range(RECORDINGS):
        by = dict.fromkeys(ENGLISH, BY_EAR)
        _performance(stage, random, Language.EN, 60 - number, by, PerformanceKind.BENCHMARK)
    for number in range(FRENCH_ORALS):
        by = {FRENCH[number % 2]: 0.0, FRENCH[1 - number % 2]: BY_EAR}
        _performance(stage, random, Language.FR, 40 - number, by, PerformanceKind.INTERVIEW)
    studies.ask(stage.db, SYSTEM)


def _performance(
    stage: Stage,
    random: np.random.Generator,
    language: Language,
    ago: int,
    by: dict[str, float],
    kind: PerformanceKind,
) -> None:
    """Write one oral of `ago` days and its sheets; `by`: thirds lower than this person usually."""
    db, at = stage.db, stage.day(-ago, 11)
    rubric = db.scalars(select(Rubric).order_by(Rubric.id.desc())).first()
    if rubric is None:
        msg = "no grid is published"
        raise LookupError(msg)
    performance = Performance(kind=kind, rubric=rubric, language=language, created_at=at)
    db.add(performance)
    db.flush()
    keys = read_grid(rubric.content).keys
    able = random.normal(10.5, 2.2) + random.normal(0, 0.7, len(keys))
    marks: list[dict[str, Any]] = []
    for place, (email, lower) in enumerate(by.items()):
        sheet = _sheet(stage, performance, email, place, at + timedelta(days=place))
        heard = able - lower - SEVERE.get(email, 0.0) + random.normal(0, 0.6, len(keys))
        marks += [
            {
                "scoresheet_id": sheet.id,
                "criterion": key,
                "thirds": int(value),
                "nothing_to_add": True,
                "updated_at": at,
            }
            for key, value in zip(keys, np.clip(np.rint(heard), LOWEST, HIGHEST), strict=True)
        ]
    db.execute(insert(Mark), marks)


def _sheet(
    stage: Stage, performance: Performance, email: str, place: int, at: datetime
) -> Scoresheet:
    rater = stage.user(email)
    reason = AssignmentReason.SAMPLE if place else AssignmentReason.CONDUCTS
    if performance.kind is PerformanceKind.BENCHMARK:
        reason = AssignmentReason.CALIBRATION
    live = reason is AssignmentReason.CONDUCTS
    assignment = Assignment(
        performance=performance,
        rater_id=rater.id,
        role=RaterRole.FIRST if live else RaterRole.SECOND,
        reason=reason,
        mode=Mode.LIVE if live else Mode.RECORDED,
        assigned_at=at,
    )
    stage.db.add(assignment)
    stage.db.flush()
    sheet = Scoresheet(
        assignment_id=assignment.id,
        performance_id=performance.id,
        rater_id=rater.id,
        role=assignment.role,
        state=SheetState.SUBMITTED,
        created_at=at,
        submitted_at=at,
    )
    stage.db.add(sheet)
    stage.db.flush()
    return sheet
