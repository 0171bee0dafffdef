import pytest

from rooms.media.depacketise import RATE, Frame, Report, Stream
from rooms.media.segments import holes, plan
from rooms.media.timeline import place, sessions


def stream(kind, first, last, clocks=()):
    return Stream(kind, first, last, [Report(*told) for told in clocks])


def frame(number, kind, seconds, at, key=True, width=160, height=90):
    if kind == "audio":
        width = height = 0
    return Frame(
        number,
        kind,
        round(seconds * RATE[kind]),
        at,
        key,
        width if key else 0,
        height if key else 0,
        None,
        b"\xfc\xff",
    )


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ([], []),
        ([stream("audio", 0, 60), stream("video", 0.3, 60)], [0, 0]),
        # A microphone exchanged while the picture goes on.
        ([stream("audio", 0, 20), stream("video", 0, 60), stream("audio", 21, 60)], [0, 0, 0]),
        # A page loaded again.
        (
            [
                stream("audio", 0, 20),
                stream("video", 0, 20),
                stream("audio", 25, 60),
                stream("video", 25.2, 60),
            ],
            [0, 0, 1, 1],
        ),
        # The same, at once: the old connection's last packets overlap the new ones.
        (
            [
                stream("video", 0, 20.2),
                stream("audio", 0, 20.3),
                stream("video", 20.4, 60),
                stream("audio", 20.1, 60),
            ],
            [0, 0, 1, 1],
        ),
        # Sound alone, and much later a camera on another connection.
        ([stream("audio", 0, 20), stream("video", 40, 60)], [0, 1]),
        # A camera switched on later.
        ([stream("audio", 0, 90), stream("video", 40, 60)], [0, 0]),
    ],
)
def test_streams_belong_to_connections(streams, expected):
    assert sessions(streams) == expected


def test_without_reports_the_fastest_packet_tells_the_time():
    delays = [0.08, 0.05, 0.3, 0.06]
    frames = [frame(0, "video", 7 + n / 10, 2 + n / 10 + d) for n, d in enumerate(delays)]
    placed = place([stream("video", 2, 3)], frames)
    assert [round(placement.time, 3) for placement in placed] == [2.05, 2.15, 2.25, 2.35]


def test_a_sound_card_that_drifts_for_twenty_minutes_stays_in_step():
    drift, ntp = 2e-4, 3.9e9
    sound = [(n * (1 - drift), n) for n in range(0, 1200, 5)]  # its clock, the sender's clock
    reports = [(round(own * 48_000), ntp + true, true) for own, true in sound[1:]]
    pictures = [(round(n * 90_000), ntp + n, n) for n in range(5, 1200, 5)]
    frames = [frame(0, "audio", own, true + 0.05) for own, true in sound]
    frames += [frame(1, "video", n, n + 0.25) for n in range(0, 1200, 5)]
    placed = place([stream("audio", 0, 1200, reports), stream("video", 0, 1200, pictures)], frames)
    times = [placement.time for placement in placed]
    late = [a - v for a, v in zip(times[:240], times[240:], strict=True)]
    assert max(map(abs, late)) < 0.005
    without = place([stream("audio", 0, 1200), stream("video", 0, 1200)], frames)
    assert abs(without[239].time - without[479].time + 0.2) > 0.2


def test_reports_of_a_broken_clock_are_not_believed():
    frames = [frame(0, "audio", n, n + 0.05) for n in range(30)]
    frames += [frame(1, "video", n, n + 0.05) for n in range(30)]
    good = [(n * 48_000, 3.9e9 + n, n) for n in range(30)]
    wrong = [(n * 90_000, 3.9e9 + n + 40, n) for n in range(30)]
    placed = place([stream("audio", 0, 30, good), stream("video", 0, 30, wrong)], frames)
    assert max(abs(placement.time - placement.frame.at) for placement in placed) < MOST


MOST = 0.1


def test_a_first_key_frame_after_sound_gives_the_segment_its_size():
    frames = [frame(0, "audio", 0, 0), frame(1, "video", 5, 0.5), frame(0, "audio", 1, 1)]
    placed = place([stream("audio", 0, 9), stream("video", 0.5, 9)], frames)
    segments, numbers = plan(placed)
    assert numbers == [0, 0, 0]
    assert [(s.width, s.height, s.pictures, s.sounds) for s in segments] == [(160, 90, 1, 2)]


def test_holes_are_spans_of_more_than_a_second():
    frames = [frame(0, "audio", at, at) for at in (0.5, 1.0, 4.0, 4.9)]
    placed = place([stream("audio", 0.5, 5)], frames)
    assert holes(placed, 9.0) == [(1.0, 4.0), (4.9, 9.0)]
    assert holes([], 9.0) == [(0.0, 9.0)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (True, [0, 0, 0, 1, 1, 1]),
        (False, [0, 0, 0, 0, 0, 0]),  # the picture goes on: a file could not begin with it
    ],
)
def test_what_comes_after_a_hole_begins_a_segment_if_it_can_be_shown(key, expected):
    sounds = [frame(0, "audio", at, at) for at in (0.0, 0.9, 20.0, 20.9)]
    seen = [frame(1, "video", 0.5, 0.5), frame(1, "video", 20.2, 20.2, key=key)]
    frames = [sounds[0], seen[0], sounds[1], sounds[2], seen[1], sounds[3]]
    placed = place([stream("audio", 0, 21), stream("video", 0.5, 21)], frames)
    segments, numbers = plan(placed)
    assert numbers == expected
    assert [segment.start for segment in segments] == ([0.0, 20.0] if key else [0.0])
