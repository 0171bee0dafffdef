"""The timeline of a watch: pictures stand in two rows, none on another, none lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evaluator_app.desks.coordinator.proctoring_drawing import STILL_WIDTH, Pin, draw
from proctor.models import Snapshot

OPENED = datetime(2026, 12, 3, 13, tzinfo=UTC)
MINUTES = 40


def pins(seconds: list[int]) -> list[Pin]:
    taken = [Snapshot(at=OPENED + timedelta(seconds=second)) for second in seconds]
    return draw(OPENED, OPENED + timedelta(minutes=MINUTES), [], [], taken).pins


@given(st.lists(st.integers(0, MINUTES * 60), max_size=40))
def test_no_picture_covers_another_and_each_is_shown(seconds):
    drawn = pins(seconds)
    places = [pin.thing.at for pin in drawn]
    assert places == [OPENED + timedelta(seconds=second) for second in sorted(seconds)]
    for row in (0, 1):
        across = [float(pin.x.removesuffix("%")) for pin in drawn if pin.row == row]
        gaps = [after - before for before, after in pairwise(across)]
        assert all(gap >= STILL_WIDTH - 0.001 for gap in gaps)


def test_a_third_at_the_same_moment_is_a_dot():
    assert [pin.row for pin in pins([0, 1, 2, 60 * MINUTES])] == [0, 1, None, 0]
