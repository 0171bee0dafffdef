"""Clocks that jump, of the packets and of the reports: what is recorded stays when it happened."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.media.depacketise import JUMP, RATE, Depacketiser
from rooms.media.timeline import MOST_LATE, Placed, place

HOUR = 3600
STEP = 0.02  # seconds between packets of sound
thorough = settings(max_examples=200, deadline=None)


def sound(number: int, timestamp: int, ssrc: int = 7) -> bytes:
    head = struct.pack("!BBHII", 0x80, 111, number & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + b"\xfc\xff\xfe"


def placed(person: Depacketiser, frames: list) -> list[Placed]:
    return place(person.streams, [*frames, *person.flush()])


# Anywhere within the half circle of 32 bits that a receiver can tell, some 12 hours each way.
leap = st.one_of(st.integers(-(2**31) + 1, 2**31 - 1), st.integers(-200_000, 200_000))
jumps = st.dictionaries(st.integers(1, 390), leap, max_size=5)


@thorough
@given(jumps, st.integers(0, 2**32 - 1), st.sampled_from([-HOUR, HOUR]), st.integers(50, 350))
def test_what_follows_a_jump_is_placed_by_its_arrival(
    leaps: dict[int, int], first: int, set_by: int, set_at: int
) -> None:
    """The timestamps leap anywhere, and somebody sets the computer's clock by an hour meanwhile."""
    person, frames, shift = Depacketiser(), [], first
    for number in range(400):
        at = 0.05 + STEP * number
        shift += leaps.get(number, 0)
        timestamp = round(STEP * number * RATE["audio"]) + shift
        frames += person.push(0, "audio", at, sound(number, timestamp))
        if number % 25 == 0:
            ntp = 3.9e9 + at + (set_by if number >= set_at else 0)
            person.clock(0, at, 7, timestamp & 0xFFFFFFFF, ntp)
    placements = placed(person, frames)
    # A leap costs no packet, but for one that another leap follows at once.
    assert len(placements) >= 400 - len(leaps)
    # One too small to tell from a late packet moves what was before it by as much, and no more.
    small = sum(
        abs(leap) / RATE["audio"] for leap in leaps.values() if abs(leap) / 48_000 <= JUMP + 1
    )
    for placement in placements:
        assert abs(placement.time - placement.frame.at) < MOST_LATE + small


wild = st.tuples(
    st.sampled_from(["audio", "video"]),
    st.integers(0, 3),  # who of several sources
    st.floats(0, 0.5),  # seconds since the one before
    st.integers(0, 0xFFFF),
    st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 200_000)),
    st.one_of(st.none(), st.floats(0, 2**32, allow_nan=False)),  # a report as well, and its time
)


@thorough
@given(st.lists(wild, max_size=80))
def test_nothing_is_placed_before_the_beginning_or_long_after_it_came(packets: list) -> None:
    person, frames, at = Depacketiser(), [], 0.0
    for kind, ssrc, passed, number, timestamp, ntp in packets:
        at += passed
        frames += person.push(0, kind, at, sound(number, timestamp, ssrc))
        if ntp is not None:
            person.clock(0, at, ssrc, timestamp, ntp)
    for placement in placed(person, frames):
        assert 0 <= placement.time <= placement.frame.at + MOST_LATE
