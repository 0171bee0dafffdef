"""How a watch behaves and how much there is to look at: values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.settings import Settings
from proctor import policy

START = datetime(2026, 12, 3, 9, tzinfo=UTC)
spans = st.lists(
    st.tuples(st.integers(0, 3600), st.none() | st.integers(0, 120)).map(
        lambda pair: (
            START + timedelta(seconds=pair[0]),
            None if pair[1] is None else START + timedelta(seconds=pair[0] + pair[1]),
        )
    )
)


def at(*seconds: int) -> list[tuple[datetime, None]]:
    return [(START + timedelta(seconds=second), None) for second in seconds]


def test_what_is_near_is_one_moment():
    assert policy.moments([]) == 0
    assert policy.moments(at(0, 10, 30)) == 1
    assert policy.moments(at(0, 31)) == 2
    minute = (START, START + timedelta(seconds=60))
    assert policy.moments([minute, *at(20, 85, 120)]) == 2


def test_one_long_signal_hides_nothing_and_counts_by_its_length():
    nine = at(*range(100, 100 + 9 * 45, 45))
    assert policy.moments(nine) == 9
    long = (START, START + timedelta(minutes=26))
    assert policy.moments([long]) == 26
    assert policy.moments([long, *nine]) == 26 + 9
    assert policy.moments([long, long]) == 26


@given(spans)
def test_more_signals_are_never_less_to_look_at_and_order_is_nothing(signals):
    count = policy.moments(signals)
    assert min(1, len(signals)) <= count <= 2 * len(signals)
    assert policy.moments(signals[::-1]) == count
    assert policy.moments(signals * 2) == count


def test_the_page_is_told_what_the_settings_say():
    settings = Settings(mode="test", snapshot_every_s="300-60")
    told = policy.watch(settings, faces=False).sent()
    assert (told["snapshot_least_s"], told["snapshot_most_s"]) == (60, 300)
    assert told["signal_snapshot_s"] == policy.ONE_MOMENT.total_seconds()
    assert (told["faces"], told["face_threshold"], told["face_grace_s"]) == (False, 0.5, 15.0)
