"""One idea of a month, and a table that purges and documentation keep to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock, retention
from kernel.retention import TABLE, Length, RetentionClass, Unit
from kernel.settings import Settings
from tests.instants import TWELVE, at_twelve

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=7305)).map(lambda later: BEGINNING + later)
LENGTHS = st.builds(Length, st.integers(0, 30), st.sampled_from(Unit))
PAGE = Path(__file__).parents[2] / "docs" / "retention.md"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "months", "over"),
    [
        ("2026-12-08T10:31:27", 3, "2027-03-08T10:31:27"),
        ("2026-12-31T23:50:00", 1, "2027-01-31T23:50:00"),
        ("2027-01-31T12:00:00", 1, "2027-03-01T00:00:00"),
        ("2027-01-29T12:00:00", 1, "2027-03-01T00:00:00"),
        ("2028-01-29T12:00:00", 1, "2028-02-29T12:00:00"),
        ("2028-02-29T12:00:00", 12, "2029-03-01T00:00:00"),
        ("2027-04-30T23:50:00", 12, "2028-04-30T23:50:00"),
        ("2026-10-31T00:00:00", 1, "2026-12-01T00:00:00"),
    ],
)
def test_a_month_is_a_calendar_month(begins, months, over):
    assert Length(months, Unit.MONTHS).after(at(begins)) == at(over)


@given(MOMENTS, MOMENTS, LENGTHS)
def test_what_is_over_is_what_began_by_the_limit(begins, moment, length):
    assert (length.after(begins) <= moment) is (begins <= length.before(moment))


@given(MOMENTS, LENGTHS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_nothing_outlasts_what_began_after_it(begins, length, later):
    assert length.after(begins) <= length.after(begins + later)


@given(MOMENTS, st.integers(0, 5))
def test_a_year_is_twelve_months(moment, years):
    months = Length(12 * years, Unit.MONTHS)
    assert Length(years, Unit.YEARS).after(moment) == months.after(moment)
    assert Length(years, Unit.YEARS).before(moment) == months.before(moment)


@pytest.mark.parametrize("begins", TWELVE.values(), ids=TWELVE)
def test_each_class_is_over_at_its_end_and_not_before(begins):
    settings = Settings(mode="test")
    for kept in RetentionClass:
        length = retention.length(settings, kept)
        over = length.after(begins)
        assert begins <= length.before(over), kept
        assert begins > length.before(over - retention.INSTANT), kept


@at_twelve
def test_the_limit_is_counted_from_now(settings):
    now = clock.now()
    limit = retention.over_since(settings, RetentionClass.IDENTITY_PICTURE)
    assert timedelta() <= limit + timedelta(hours=72) - now < timedelta(minutes=1)


@pytest.mark.parametrize(
    "kept", [kept for kept in RetentionClass if kept is not RetentionClass.STRAY]
)
def test_each_class_has_the_purge_that_the_table_names(kept):
    module, _dot, name = TABLE[kept].purge.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_every_class_is_by_a_setting_or_fixed():
    assert [kept for kept, rule in TABLE.items() if bool(rule.setting) is bool(rule.fixed)] == []
    assert set(TABLE) == set(RetentionClass)


def test_the_page_says_what_the_table_says():
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]
    assert rows == retention.in_words(Settings(mode="test"))
