"""Talk time, bars and a viewer's path: pure figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.media.quality import Quality
from rooms.media.talk import FRAME, TalkMeter
from rooms.media.viewer import LOWEST, ViewerPath


def feed(meter: TalkMeter, level: int, seconds: float, start: float) -> float:
    frames = round(seconds / FRAME)
    for index in range(frames):
        meter.feed(level, start + index * FRAME)
    return start + frames * FRAME


def test_speech_is_counted_with_its_short_pauses() -> None:
    meter = TalkMeter()
    at = feed(meter, 80, 5.0, 0.0)
    for _ in range(3):
        at = feed(meter, 30, 2.0, at)
        at = feed(meter, 80, 0.2, at)
    at = feed(meter, 80, 5.0, at)
    assert meter.take() == pytest.approx(6.6 + 0.2, abs=0.1)
    assert meter.take() == 0.0


def test_silence_noise_and_clicks_are_not_speech() -> None:
    meter = TalkMeter()
    at = feed(meter, 127, 5.0, 0.0)
    at = feed(meter, 50, 0.04, at)  # a click
    at = feed(meter, 127, 2.0, at)
    assert meter.take() == 0.0
    at = feed(meter, 55, 20.0, at)  # a fan that is switched on
    assert meter.take() < 4.0
    feed(meter, 55, 20.0, at)
    assert meter.take() == 0.0
    assert meter.speaking is False


@given(st.lists(st.integers(0, 127), max_size=300))
def test_nobody_speaks_longer_than_the_clock(levels: list[int]) -> None:
    meter = TalkMeter()
    for index, level in enumerate(levels):
        meter.feed(level, index * FRAME)
    assert 0.0 <= meter.take() <= len(levels) * FRAME + 1e-6


@pytest.mark.parametrize(
    ("rtt", "loss", "silent", "bars"),
    [
        (20, 0.0, 0.0, 4),
        (None, 0.0, 0.0, 4),
        (250, 0.0, 0.0, 3),
        (20, 0.03, 0.0, 3),
        (500, 0.0, 0.0, 2),
        (20, 0.1, 0.0, 2),
        (900, 0.0, 0.0, 1),
        (20, 0.3, 0.0, 1),
        (20, 0.0, 4.0, 0),
    ],
)
def test_bars(rtt: float | None, loss: float, silent: float, bars: int) -> None:
    assert Quality(rtt, loss, 0.0, 500, 500).bars(silent) == bars
    assert Quality(rtt, 0.0, loss, 500, 500).bars(silent) == bars


def test_a_growing_estimate_is_no_cap_and_a_falling_one_is() -> None:
    path = ViewerPath()
    for sent, estimate in ((300_000, 200_000), (600_000, 400_000), (1_200_000, 900_000)):
        path.estimate(estimate)
        assert path.second(sent, 0.0) is None
    path.estimate(700_000)
    assert path.second(1_200_000, 0.0) is None
    path.estimate(450_000)
    assert path.second(1_200_000, 0.0) == 450_000
    path.estimate(480_000)
    assert path.second(450_000, 0.0) == 480_000
    for _ in range(2):
        path.estimate(700_000)
        assert path.second(450_000, 0.0) == 700_000
    path.estimate(700_000)
    assert path.second(450_000, 0.0) is None


def test_heavy_loss_is_a_cap_that_room_lifts() -> None:
    path = ViewerPath()
    assert path.second(1_000_000, 0.4) == 800_000
    assert path.second(120_000, 0.9) == LOWEST
    assert [path.second(100_000, 0.0) for _ in range(3)] == [LOWEST, LOWEST, None]
