"""Peers that mean harm: the process lives, and the room beside them loses not one packet."""

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media_running import Running
from raw_peer import AUDIO, RTX, VIDEO, RawPeer, RawPeers, rtp
from test_server import await_fact

from rooms.engines import FactKind, Role
from rooms.media import rtcp
from rooms.media import rtp as packets
from rooms.media.depacketise import Depacketiser
from rooms.media.sdp import BadOfferError, Sent, Transport, parse_offer, write_answer

FAILURES = {"media.tick_failed", "media.packet_failed", "media.control_failed"}
SOUND = 7


class Neighbours:
    """An honest room: sound goes from one to the other all the time, and none may be missing."""

    def __init__(self, peers: RawPeers, media: Running) -> None:
        media.engine.open("beside")
        self._one = peers.join(media.engine, "beside", Role.EVALUATOR)
        self._other = peers.join(media.engine, "beside", Role.CANDIDATE)
        end = time.monotonic() + 10
        while len(media.engine.stats("beside").peers) < 2:
            assert time.monotonic() < end
        self._stop = threading.Event()
        self._sent = 0
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def _talk(self) -> None:
        while not self._stop.wait(0.02):
            self._one.send([rtp(AUDIO, self._sent, self._sent * 960, SOUND, b"sound")])
            self._sent += 1

    def heard(self) -> list[int]:
        (numbers,) = self._other.received.values()
        return numbers

    def check(self) -> None:
        """Stop talking; everything that was said must have been heard, in order."""
        self._stop.set()
        self._thread.join()
        end = time.monotonic() + 10
        while len(self.heard()) < self._sent:
            assert time.monotonic() < end, (len(self.heard()), self._sent)
        assert self.heard() == [number & 0xFFFF for number in range(self._sent)]


@contextmanager
def attacked(media: Running) -> Iterator[tuple[RawPeers, RawPeer, RawPeer]]:
    """A hostile candidate with an evaluator before it, recorded; and a room beside them."""
    with structlog.testing.capture_logs() as said, RawPeers() as peers:
        beside = Neighbours(peers, media)
        media.engine.open("oral")
        victim = peers.join(media.engine, "oral", Role.EVALUATOR)
        hostile = peers.join(media.engine, "oral", Role.CANDIDATE)
        media.engine.start_recording("oral", "rec-1")
        try:
            yield peers, victim, hostile
        finally:
            beside.check()
        assert media.engine.healthy()
        assert media.engine.stats("oral").recording == "rec-1"
    assert [line for line in said if line["event"] in FAILURES] == []


numbers = st.integers(0, 2**32 - 1)
headers = st.builds(
    struct.pack,
    st.just("!BBHII"),
    st.one_of(st.just(0x80), st.integers(0x80, 0xBF)),
    st.one_of(st.sampled_from([AUDIO, VIDEO, VIDEO | 0x80, RTX]), st.integers(0, 191)),
    st.one_of(st.integers(0, 400), st.integers(0, 0xFFFF)),
    numbers,
    st.sampled_from([1, 1, 1, 2**32 - 1]),
)
payloads = st.one_of(
    st.binary(max_size=120), st.just(b"\x10\0key frame"), st.integers(0, 1440).map(bytes)
)
wild_rtp = st.builds(lambda head, body: head + body, headers, payloads)
wild_rtcp = st.builds(
    lambda first, kind, words, body: struct.pack("!BBH", first, kind, words) + body,
    st.integers(0x80, 0xBF),
    st.integers(192, 223),
    st.one_of(st.integers(0, 12), st.just(0xFFFF)),
    st.binary(max_size=60),
)


attack = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@attack
@given(
    sent=st.lists(wild_rtp, max_size=30),
    control=st.lists(st.one_of(wild_rtcp, st.binary(max_size=80)), max_size=30),
    bare=st.lists(st.binary(min_size=1, max_size=200), max_size=10),
)
def _throw(hostile: RawPeer, sent: list[bytes], control: list[bytes], bare: list[bytes]) -> None:
    hostile.send(sent)
    hostile.send([packet for packet in control if len(packet) >= 8], control=True)
    hostile.send_bare(bare)


def test_whatever_a_peer_sends_harms_nobody_else(media: Running) -> None:
    with attacked(media) as (_, victim, hostile):
        _throw(hostile)
        taken = media.server._rooms["oral"].peers["candidate"]
        assert taken.refused > 50  # the attack arrived, and some of it was of use
        assert taken._octets_in > 2_000
        assert sum(len(seen) for seen in victim.received.values()) > 0


def test_sizes_sources_kinds_and_times_other_than_agreed(media: Running) -> None:
    chance = random.Random(3)  # noqa: S311 - a repeatable attack
    with attacked(media) as (_, _, hostile):
        for ssrc in range(1, 60):
            hostile.send([rtp(VIDEO, chance.getrandbits(16), chance.getrandbits(32), ssrc)])
        for size in (0, 1, 1400, 1470, 1488):
            hostile.send([rtp(VIDEO, 1, 1, 1, bytes(size)), rtp(AUDIO, 1, 1, 2, bytes(size))])
        for kind in range(128):
            hostile.send([rtp(kind, 5, 5, 5)])
        for leap in range(1, 400):  # a second between packets, an hour between their times
            hostile.send([rtp(VIDEO, 600 * leap, leap * 90_000 * 3600, 1)])
        for leap in range(1, 400):
            hostile.send([rtp(AUDIO, leap, -leap * 48_000 * 3600, 2)])
    media.engine.close("oral")
    assert await_fact(media, FactKind.RECORDING_READY, 30).data["recording"] == "rec-1"


def test_a_flood_is_cut_off_and_repeats_nothing_without_bound(media: Running) -> None:
    with attacked(media) as (_, victim, hostile):
        burst = [rtp(VIDEO, number, number * 90, 1, bytes(1200)) for number in range(3000)]
        for at in range(0, 3000, 250):
            hostile.send(burst[at : at + 250])
        taken = media.server._rooms["oral"].peers["candidate"]
        assert taken.refused > 0
        began = time.monotonic()
        before = sum(len(seen) for seen in hostile.received.values())
        victim.send([rtp(VIDEO, number, number * 90, 9) for number in range(300)])
        threading.Event().wait(1.2)  # the second in which the flood was cut off
        (video,) = hostile.received
        for _ in range(40):
            hostile.send([rtcp.nack(1, video, range(256))] * 5, control=True)
            hostile.send([rtcp.picture_loss(1, video)] * 5, control=True)
            threading.Event().wait(0.025)
        after = sum(len(seen) for seen in hostile.received.values())
        seconds = time.monotonic() - began + 2
        assert 0 < after - before <= 300 + seconds * 600
        asked = [message for data in victim.control for message in rtcp.parse(data)]
        assert sum(isinstance(message, rtcp.KeyFrameRequest) for message in asked) < 4 + 2 * seconds


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_hundred_reconnections_leave_nothing_behind(media: Running) -> None:
    with structlog.testing.capture_logs() as said, RawPeers() as peers:
        beside = Neighbours(peers, media)
        media.engine.open("oral")
        evaluator = peers.join(media.engine, "oral", Role.EVALUATOR)
        before = _open_files()
        for number in range(100):
            if number % 2:  # never answers, as a page that is reloaded at once
                ghost = RawPeer(peers)
                media.engine.admit("oral", "candidate", Role.CANDIDATE, ghost.offer)
                ghost.close()
            else:
                candidate = peers.join(media.engine, "oral", Role.CANDIDATE)
        end = time.monotonic() + 10
        while [p.peer for p in media.engine.stats("oral").peers] != ["evaluator", "candidate"]:
            assert time.monotonic() < end
        beside.check()
        for peer in (evaluator, candidate):
            assert peer.setup == "actpass"
    media.engine.close("oral")
    media.engine.close("beside")
    end = time.monotonic() + 10
    while _open_files() > before:
        assert time.monotonic() < end, (_open_files(), before)
    assert [line for line in said if line["event"] in FAILURES] == []
    ups = [fact for fact in media.engine.facts(0, 0) if fact.kind is FactKind.PEER_UP]
    assert sum(fact.room == "oral" for fact in ups) == 51


# What is read before anybody is let in, or long after: pure functions of bytes -----------------

LINES = [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "a=mid:0",
    "a=mid:1",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuvwx",
    "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
    "a=setup:actpass",
    "a=rtcp-mux",
    "a=sendrecv",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtcp-fb:96 nack pli",
    "a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=candidate:1 1 udp 2122 192.0.2.7 5001 typ host",
    "a=extmap:x y",
    "a=rtpmap:x",
]
TRANSPORT = Transport("uuuu", "p" * 22, "sha-256 AB", "active", ())
quick = settings(max_examples=300, deadline=None)


@quick
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=40))
def test_any_offer_is_answered_or_refused(lines: list[str]) -> None:
    try:
        offer = parse_offer("\r\n".join(["v=0", *lines]))
    except BadOfferError:
        return
    sections = {
        section.mid: Sent(1, 2, "candidate") for section in offer.sections if section.usable
    }
    answer = write_answer(offer, TRANSPORT, frozenset(sections), sections)
    assert answer.count("\r\nm=") == len(offer.sections)


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    list(rtcp.parse(data))
    packets.is_vp8_key_frame(data)
    try:
        packet = packets.parse(data)
        packets.unwrap_rtx(packet, VIDEO, 1)
    except packets.BadPacketError:
        return
    assert packets.parse(packets.write(packet)).sequence == packet.sequence


@quick
@given(
    st.lists(st.tuples(st.sampled_from(["audio", "video"]), st.floats(0, 5), wild_rtp), max_size=60)
)
def test_any_packets_make_frames_in_order(given_: list[tuple[Any, float, bytes]]) -> None:
    person = Depacketiser()
    frames = []
    for kind, at, data in sorted(given_, key=lambda arrival: arrival[1]):
        frames += person.push(0, kind, at, data, 1)
    frames += person.flush()
    for stream in range(len(person.streams)):
        mine = [frame for frame in frames if frame.stream == stream]
        assert all(frame.data for frame in mine)


def test_nothing_is_sent_to_an_address_that_an_offer_only_claims(media: Running) -> None:
    media.engine.open("oral")
    with RawPeers() as peers, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind(("127.0.0.1", 0))
        victim.setblocking(False)
        peer = RawPeer(peers)
        claim = "a=candidate:{0} 1 udp 21220{0} 127.0.0.1 {1} typ host"
        claims = [claim.format(number, victim.getsockname()[1]) for number in range(10, 70)]
        offer = peer.offer.replace("a=mid:", "\r\n".join([*claims, "a=mid:"]), 1)
        peer.connect(media.engine.admit("oral", "candidate", Role.CANDIDATE, offer))
        with pytest.raises(BlockingIOError):
            victim.recv(2048)
        peer.close()
