"""The certifier's figures: pure summaries, small groups hidden, and the one query behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from query_count import counted

from kernel import clock
from kernel.levels import Level
from results import figures, validation
from results.figures import LEAST, Outcome, Success, Waiting, Wanted
from results.marks import Basis
from tests.results.test_validation import complete

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def outcome(**change) -> Outcome:
    return Outcome(
        **{
            "certification": "Passerelle",
            "oral": Level.B2,
            "written": Level.B1,
            "overall": Level.B1,
            "target": Level.B1,
            "certified": True,
            "validated_at": NOW,
            "oral_ended_at": NOW - timedelta(days=2),
            "basis": Basis.FIRST,
            "disturbed": False,
            **change,
        }
    )


def test_a_small_group_shows_its_size_alone():
    shown = figures.summary([outcome()] * (LEAST - 1))
    assert (shown.count, shown.enough) == (LEAST - 1, False)
    assert [shown.reached, shown.waiting, shown.disturbed, shown.twice_marked, shown.agreed] == [
        None
    ] * 5
    assert shown.successes[0].share is None
    assert figures.summary([]).successes == []


def test_shares_levels_and_times_of_a_group():
    group = [
        outcome(
            certified=number % 4 != 0,
            target=Level.B1 if number < 15 else Level.B2,
            disturbed=number % 5 == 0,
            basis=[Basis.FIRST, Basis.MEAN, Basis.ADJUDICATED, Basis.MEAN][number % 4],
            oral_ended_at=NOW - timedelta(days=number + 1),
        )
        for number in range(20)
    ]
    shown = figures.summary(group)
    assert (shown.count, shown.reached, shown.disturbed) == (20, 0.75, 0.2)
    assert (shown.twice_marked, shown.agreed) == (0.75, 10 / 15)
    assert shown.successes == [Success(Level.B1, 15, 11), Success(Level.B2, 5, 4)]
    assert [success.share for success in shown.successes] == [11 / 15, None]
    assert shown.levels["oral"] == {level: 20 * (level is Level.B2) for level in Level}
    assert shown.waiting == Waiting(10.5, pytest.approx(18.1))


def test_agreement_of_few_second_markings_is_hidden():
    group = [outcome(basis=Basis.MEAN if number < 9 else Basis.FIRST) for number in range(30)]
    shown = figures.summary(group)
    assert (shown.twice_marked, shown.agreed) == (0.3, None)


def test_results_are_read_in_one_statement_whatever_their_number(db, make):
    coordinator = make.coordinator()
    candidacies = [complete(make) for _ in range(3)]
    for candidacy in candidacies:
        validation.validate(db, coordinator.actor, candidacy)
    db.flush()
    with counted(db.get_bind()) as sent:
        rows = figures.outcomes(db, Wanted(), "fr")
    assert sent.count == 1
    assert [(row.overall, row.target, row.certified, row.basis) for row in rows] == [
        (Level.B2, Level.B2, True, Basis.FIRST)
    ] * 3


def test_results_of_a_certification_and_of_days(db, make):
    coordinator = make.coordinator()
    first, second = complete(make), complete(make)
    validation.validate(db, coordinator.actor, first)
    day = clock.now().date()
    clock.move(timedelta(days=3))
    validation.validate(db, coordinator.actor, second)
    db.flush()

    def count(**wanted) -> int:
        return len(figures.outcomes(db, Wanted(**wanted), "en"))

    assert count() == 2
    assert count(certification_id=second.certification_id) == 1
    assert count(until=day) == 1
    assert count(since=day + timedelta(days=3)) == 1
    assert count(since=day, until=day + timedelta(days=3)) == 2
    assert count(since=day + timedelta(days=4)) == 0
