"""Control packets that lie, and peers that come and go without end: nobody else loses a packet."""

import struct
import threading
import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from media_running import Running
from raw_peer import AUDIO, VIDEO, RawPeer, RawPeers, rtp
from test_hostile import attack, attacked

from rooms.engines import Role

TOLD = 40
WORDS = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))


@st.composite
def lies(draw: st.DrawFn) -> list[tuple[int, int, int, list[int | None]]]:
    """Draw a compound packet: count, kind, error of its length, words (None: a source that is)."""
    packet = st.tuples(
        st.integers(0, 31),
        st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207]),
        st.sampled_from([0, 0, 0, 0, -1, 1, 40, 0xFFFF]),
        st.lists(st.one_of(st.none(), st.none(), WORDS), max_size=20),
    )
    return draw(st.lists(packet, min_size=1, max_size=5))


def written(compound: list[tuple[int, int, int, list[int | None]]], source: int) -> bytes:
    out = b""
    for count, kind, error, words in compound:
        length = max(0, len(words) + error) & 0xFFFF
        out += struct.pack("!BBH", 0x80 | count, kind, length)
        out += b"".join(struct.pack("!I", source if word is None else word) for word in words)
    return out


def bitrate(source: int, exponent: int, mantissa: int, count: int) -> bytes:
    """Write a REMB with any figures; the count of its sources may lie."""
    figures = bytes([count, exponent << 2 | mantissa >> 16]) + (mantissa & 0xFFFF).to_bytes(2)
    return struct.pack("!BBHII4s", 0x8F, 206, 5, 1, 0, b"REMB") + figures + source.to_bytes(4)


def arrives(sender: RawPeer, other: RawPeer, kind: int, ssrc: int, first: int) -> None:
    """Send packets that are as agreed until some arrive: what was before has harmed nothing."""

    def heard() -> int:
        return sum(len(seen) for seen in other.received.values())

    before, end = heard(), time.monotonic() + 15
    number = first
    while heard() < before + 20:
        assert time.monotonic() < end, (heard(), before)
        sender.send([rtp(kind, number, number * 960, ssrc)])
        number += 1
        threading.Event().wait(0.01)


def test_control_that_lies_about_real_streams_harms_nobody(media: Running) -> None:
    with attacked(media) as (_, victim, hostile):
        arrives(victim, hostile, VIDEO, 9, 1)  # streams to lie about, both ways
        arrives(hostile, victim, VIDEO, 8, 1)
        (seen,) = hostile.received

        @attack
        @given(
            st.lists(st.tuples(lies(), st.sampled_from([seen, 8, 9])), max_size=12),
            st.tuples(st.integers(0, 63), st.integers(0, 2**18 - 1), st.integers(0, 255)),
        )
        def throw(
            compounds: list[tuple[list[tuple[int, int, int, list[int | None]]], int]],
            figures: tuple[int, int, int],
        ) -> None:
            packets = [written(compound, source) for compound, source in compounds]
            packets.append(bitrate(seen, *figures))
            hostile.send([packet for packet in packets if len(packet) >= 8], control=True)

        throw()
        # Honest again, sound and picture pass as before.
        arrives(victim, hostile, VIDEO, 9, 1000)
        arrives(hostile, victim, AUDIO, 7, 1)


STEPS = st.tuples(
    st.sampled_from([Role.EVALUATOR, Role.CANDIDATE]),
    st.sampled_from(["joins", "joins", "never answers", "vanishes", "leaves"]),
)


def test_whoever_comes_and_goes_in_any_order_the_last_to_come_is_there(media: Running) -> None:
    with attacked(media) as (peers, _, _):

        @settings(attack, max_examples=20)
        @given(st.lists(STEPS, min_size=4, max_size=14))
        def reconnect(steps: list[tuple[Role, str]]) -> None:
            _walk(peers, media, steps)

        reconnect()
        evaluator = peers.join(media.engine, "oral", Role.EVALUATOR)
        other = peers.join(media.engine, "oral", Role.CANDIDATE)
        arrives(evaluator, other, AUDIO, 7, 1)
        arrives(other, evaluator, VIDEO, 8, 1)


def _walk(peers: RawPeers, media: Running, steps: list[tuple[Role, str]]) -> None:
    """Come and go as told; a role never holds more than one place."""
    last: dict[Role, RawPeer] = {}
    for role, step in steps:
        if step == "joins":
            last[role] = peers.join(media.engine, "oral", role)
        elif step == "never answers":
            ghost = RawPeer(peers)
            media.engine.admit("oral", role.value, role, ghost.offer)
            ghost.close()
        elif step == "vanishes" and role in last:
            last.pop(role).close()
        else:
            media.engine.leave("oral", role.value)
        there = Counter(peer.peer for peer in media.engine.stats("oral").peers)
        assert set(there) <= {"evaluator", "candidate"}
        assert set(there.values()) <= {1}
