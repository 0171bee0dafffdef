"""Words that were kept are written by one statement, and only where a test stands as it did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from query_count import counted
from sqlalchemy import select

from kernel import clock
from written_test import hearing, sitting
from written_test.models import WrittenTest, WrittenTestState

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def tests(db, make) -> list[WrittenTest]:
    """Five tests that run, each open in its own tab."""
    candidacies = [make.candidacy()]
    make.blueprint(candidacies[0].certification)
    candidacies += [make.candidacy(certification=candidacies[0].certification) for _ in range(4)]
    begun = [
        sitting.begin(db, candidacy.candidate.user.actor, candidacy) for candidacy in candidacies
    ]
    for test in begun:
        test.page = f"tab-{test.id}"
    db.commit()
    return begun


@pytest.mark.parametrize("many", [1, 5])
def test_one_statement_for_many(db, database, tests, many):
    at = clock.now() + timedelta(seconds=5)
    words = [hearing.Word(test.id, test.page, at) for test in tests[:many]]
    with counted(database.engine) as asked:
        assert hearing.keep(db, words) == {word.test_id for word in words}
    assert asked.count == 1
    rows = db.scalars(select(WrittenTest.heard_at).order_by(WrittenTest.id)).all()
    assert [row == at for row in rows] == [True] * many + [False] * (5 - many)


def test_nothing_is_kept_of_another_page_or_of_a_test_that_does_not_run(db, tests):
    at = clock.now() + timedelta(seconds=5)
    tests[0].page, tests[1].state = "another", WrittenTestState.LEFT
    tests[2].heard_at = at + timedelta(seconds=1)
    db.commit()
    words = [hearing.Word(test.id, f"tab-{test.id}", at) for test in tests]
    assert hearing.keep(db, words) == {test.id for test in tests[2:]}
    moments = db.scalars(select(WrittenTest.heard_at).order_by(WrittenTest.id)).all()
    assert [moment - at for moment in moments[2:]] == [timedelta(seconds=1), *[timedelta(0)] * 2]
    assert [moment < at for moment in moments[:2]] == [True, True]


def test_no_words_ask_nothing(db, database):
    with counted(database.engine) as asked:
        assert hearing.keep(db, []) == set()
    assert asked.count == 0
