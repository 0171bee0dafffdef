"""A window closes with its last day; whose clock shows another hour then is told the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from enrolment import window
from kernel.i18n import closing_in_words

CLOSES = datetime(2026, 12, 23, 23, tzinfo=UTC)
"""Midnight in Paris after 23 December."""


@pytest.mark.parametrize("hours", [0, 9, 23.9])
def test_a_window_closes_as_its_last_day_ends(hours):
    assert window.closing(CLOSES - timedelta(hours=hours)) == CLOSES


@pytest.mark.parametrize(
    ("locale", "zone", "words"),
    [
        ("fr", "Europe/Paris", "mercredi 23 décembre 2026"),
        ("fr", "America/Montreal", "mercredi 23 décembre 2026 à 18:00"),
        ("en", "Indian/Reunion", "Thursday, 24 December 2026 at 03:00"),
    ],
)
def test_the_hour_is_told_where_the_day_does_not_last_to_its_end(locale, zone, words):
    assert closing_in_words(CLOSES - timedelta(seconds=1), locale, zone) == words
