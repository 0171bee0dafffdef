"""When the demo's evaluators are there: some hours on every weekday, on the clock of Paris."""

from __future__ import annotations

import secrets

from evaluator_app.demo import cast
from evaluator_app.demo.stage import Stage
from scheduling.models import Agenda, OpeningHours

# Who is there: on which days (0 is Monday), from which hour to which.
MORNINGS, AFTERNOONS = (9, 12), (14, 17)
WEEKS: dict[str, dict[int, tuple[tuple[int, int], ...]]] = {
    cast.EVALUATOR: dict.fromkeys((0, 1, 2, 3), (MORNINGS, AFTERNOONS)) | {4: (MORNINGS,)},
    cast.EVALUATOR2: {0: (AFTERNOONS,), 2: (MORNINGS, AFTERNOONS), 4: (AFTERNOONS,)},
    cast.SENIOR: {1: ((10, 12), (16, 19)), 3: ((16, 19),), 4: ((10, 12), (14, 16))},
    cast.EVALUATOR_FLE: dict.fromkeys((0, 1, 3, 4), (MORNINGS, AFTERNOONS)),
    cast.EVALUATOR_DE: {1: (MORNINGS,), 2: (MORNINGS, AFTERNOONS), 4: (MORNINGS,)},
    cast.EVALUATOR_ES: {0: (AFTERNOONS,), 2: (AFTERNOONS,), 3: (MORNINGS, AFTERNOONS)},
}
DAILY_MOST = 8


def publish(stage: Stage) -> None:
    """Let each evaluator say when they are there, once."""
    for email, week in WEEKS.items():
        evaluator = stage.user(email)
        stage.db.add(
            Agenda(
                evaluator_id=evaluator.id,
                daily_most=DAILY_MOST,
                feed=secrets.token_urlsafe(24),
            )
        )
        stage.db.add_all(
            OpeningHours(
                evaluator_id=evaluator.id,
                weekday=weekday,
                start_minute=60 * start,
                end_minute=60 * end,
            )
            for weekday, spans in week.items()
            for start, end in spans
        )
    stage.db.flush()
