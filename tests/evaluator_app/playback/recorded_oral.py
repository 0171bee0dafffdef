"""A short oral, recorded as the media server does: encrypted, muxed, with an absence."""

from __future__ import annotations

from datetime import UTC, datetime

from kernel.storage import Storage
from rooms.media.dump import Recording
from rooms.media.manifest import Manifest
from rooms.media.mux import mux
from tests.rooms.media.coded_media import (
    LEVEL_ID,
    pictures,
    send_pictures,
    send_sounds,
    sounds,
)


def make_recording(storage: Storage, name: str = "12") -> Manifest:
    """Sixteen seconds; the candidate leaves after six and is back, on another tab, at nine."""
    recording = Recording.start(storage, name, datetime(2026, 12, 3, 14, 30, tzinfo=UTC), 0.0)
    packets = []
    for peer, role, ssrc, start, seconds in (
        ("e", "evaluator", 10, 0.0, 16.0),
        ("c1", "candidate", 20, 0.0, 6.0),
        ("c2", "candidate", 30, 9.0, 7.0),
    ):
        recording.join(peer, role, LEVEL_ID, now=start)
        video = send_pictures(pictures(seconds, width=320, height=180), ssrc)
        audio = send_sounds(sounds(seconds), ssrc + 1)
        packets += [(start + at, peer, "video", datagram) for at, datagram in video]
        packets += [(start + at, peer, "audio", datagram) for at, datagram in audio]
    for at, peer, kind, datagram in sorted(packets):
        recording.packet(peer, kind, datagram, at)
    for number, start in ((1, 0.0), (2, 5.0), (3, 12.0)):
        recording.part(number, now=start)
    recording.close(now=16.0).result(timeout=10)
    return mux(storage, name)
