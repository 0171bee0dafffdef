"""A study from rows to rows: what it makes, when it is due, who is new or drifts."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from kernel import clock
from kernel.errors import Forbidden
from kernel.permissions import SYSTEM
from kernel.runs import RunState
from people.languages import Language
from rubrics.raters import queries, studies, studying
from rubrics.raters.models import Comparison, Period, RaterFigures, RaterSeverity, RaterStudy, Side


def study(db, database):
    return made(db, database, studies.ask(db, SYSTEM))


def made(db, database, run):
    """Let the jobs process work a study off."""
    number = run.id
    db.commit()
    studying.make(database, number)
    return db.get_one(RaterStudy, number, populate_existing=True)


@pytest.fixture
def pair(make):
    return make.evaluator(), make.evaluator()


def orals(twice, first, second, count: int, apart: int = 1, **values) -> None:
    for number in range(count):
        theirs = 6 + number % 7
        twice(first, second, (theirs - apart,) * 6, (theirs,) * 6, **values)


def test_each_evaluator_has_figures_by_comparison_and_period(db, database, twice, pair):
    first, second = pair
    orals(twice, first, second, 12)
    orals(twice, first, second, 2, at=clock.now() - timedelta(days=200))
    latest = study(db, database)
    assert (latest.state, latest.sheets, latest.share) == (RunState.DONE, 28, 1.0)
    pairs = {
        period: {
            mode: row.pairs
            for mode, row in queries.of_rater(db, latest, first.id, Language.EN, period).items()
        }
        for period in Period
    }
    assert pairs == {
        Period.QUARTER: {Comparison.LIVE: 12},
        Period.YEAR: {Comparison.LIVE: 14},
        Period.EVER: {Comparison.LIVE: 14},
    }
    live = queries.of_rater(db, latest, first.id, Language.EN, Period.YEAR)[Comparison.LIVE]
    assert (live.overall["deviation"]["value"], live.overall["exact"]["value"]) == (-1.0, 0.0)
    assert (live.overall["near"]["value"], live.profile["flat"]["value"]) == (1.0, 1.0)
    assert set(live.criteria) >= {"grammar", "fluency"}
    recorded = queries.of_rater(db, latest, second.id, Language.EN, Period.YEAR)
    assert {mode: row.overall["deviation"]["value"] for mode, row in recorded.items()} == {
        Comparison.SECOND: 1.0
    }
    assert [
        row.rater_id
        for row in queries.listing(db, latest, Language.EN, Comparison.LIVE, Period.YEAR)
    ] == [None, first.id]


def test_severities_come_by_language_and_the_next_study_replaces_them(db, database, make, twice):
    raters = [make.evaluator() for _ in range(3)]
    random = np.random.default_rng(1)
    for number in range(60):
        first, second = random.choice(3, 2, replace=False)
        # The first of them is two thirds severe; marks wander by one.
        able = 8 + number % 6
        thirds = [
            tuple(int(able - 2 * (rater == 0) + random.integers(-1, 2)) for _ in range(6))
            for rater in (first, second)
        ]
        twice(raters[first], raters[second], *thirds)
    study(db, database)
    latest = study(db, database)
    rows = queries.severities(db, latest, Language.EN)
    assert rows[0].rater_id == raters[0].id
    assert rows[0].severity > 3 * rows[0].error > 0
    assert {row.subset for row in rows} == {0}
    assert rows[0].fair < min(row.fair for row in rows[1:]) - 1
    assert latest.summary["en"]["subsets"] == 1
    for kept in (RaterFigures, RaterSeverity):
        assert set(db.scalars(select(kept.study_id))) == {latest.id}


def test_a_study_of_nothing_is_done_and_empty(db, database):
    latest = study(db, database)
    assert (latest.state, latest.sheets, latest.summary) == (RunState.DONE, 0, {})
    assert db.scalar(select(func.count(RaterFigures.id))) == 0


def test_it_is_due_once_a_day_if_something_was_submitted(db, database, make, twice, pair):
    assert studies.ask_when_due(db) is None
    orals(twice, *pair, 1)
    first = made(db, database, studies.ask_when_due(db))
    assert studies.ask_when_due(db) is None
    first.asked_at -= timedelta(hours=25)
    assert studies.ask_when_due(db).id > first.id


def test_nothing_new_is_not_due(db, database, twice, pair):
    orals(twice, *pair, 1, at=clock.now() - timedelta(days=3))
    latest = study(db, database)
    latest.asked_at -= timedelta(hours=25)
    assert studies.ask_when_due(db) is None


def test_only_coordinators_ask_and_an_open_study_is_the_same(db, make):
    with pytest.raises(Forbidden):
        studies.ask(db, make.evaluator().actor)
    coordinator = make.coordinator().actor
    assert studies.ask(db, coordinator) is studies.ask(db, coordinator)


def test_who_drifts_is_said_with_the_side(db, database, twice, pair):
    first, second = pair
    begun = clock.now() - timedelta(days=90)
    for number in range(24):
        # The panel stays; from the eighteenth oral on, a level lower than at the beginning.
        mine = (8 + number % 2 - 3 * (number >= 17),) * 6
        twice(first, second, mine, (9,) * 6, at=begun + timedelta(days=number))
    assert queries.drifts(db, first.id, Language.EN) is None  # no study yet
    study(db, database)
    assert queries.drifts(db, first.id, Language.EN) is Side.LOWER
    assert queries.drifts(db, first.id, Language.FR) is None
    assert queries.drifts(db, second.id, Language.EN) is None  # never live
