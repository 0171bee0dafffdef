"""Connections of every make: both DTLS roles, IPv6, another address, another certificate."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from media_running import Running
from raw_peer import AUDIO, RawPeer, RawPeers, rtp

from rooms.engines import EngineRefused, FactKind, Role
from rooms.media.hooks import LinkFailed


def until(true: Callable[[], bool], within: float = 10) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def talk(sender: RawPeer, other: RawPeer, ssrc: int, numbers: range) -> None:
    """Send sound from one to the other, all of which must arrive in order."""
    before = sum(len(seen) for seen in other.received.values())
    sender.send([rtp(AUDIO, number, number * 960, ssrc) for number in numbers])
    until(lambda: sum(len(seen) for seen in other.received.values()) == before + len(numbers))


@pytest.mark.parametrize("setup", ["actpass", "active", "passive"])
def test_either_end_may_begin_dtls(media: Running, setup: str) -> None:
    media.engine.open("oral")
    with RawPeers() as peers:
        candidate = peers.join(media.engine, "oral", Role.CANDIDATE, setup)
        other = peers.join(media.engine, "oral", Role.EVALUATOR)
        assert (
            candidate.answer.setup
            == {"actpass": "active", "active": "passive", "passive": "active"}[setup]
        )
        until(lambda: len(media.engine.stats("oral").peers) == 2)
        talk(candidate, other, 7, range(1, 20))
        talk(other, candidate, 8, range(1, 20))


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            return False
    return True


def test_an_address_of_ipv6_carries_a_call(media: Running) -> None:
    assert _has_ipv6(), "this machine has no IPv6, not even its loopback"
    media.server._network.addresses[:] = ["::1"]
    media.engine.open("oral")
    with RawPeers() as peers:
        candidate = peers.join(media.engine, "oral", Role.CANDIDATE, address="::1")
        other = peers.join(media.engine, "oral", Role.EVALUATOR, address="::1")
        assert candidate.addresses == ["::1"]
        until(lambda: len(media.engine.stats("oral").peers) == 2)
        talk(candidate, other, 7, range(1, 20))


def test_a_certificate_other_than_promised_is_turned_away(media: Running) -> None:
    media.engine.open("oral")
    with RawPeers() as peers:
        peer = RawPeer(peers)
        forged = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
        lines = peer.offer.split("\r\n")
        offer = "\r\n".join(forged if "fingerprint" in line else line for line in lines)
        answer = media.engine.admit("oral", "candidate", Role.CANDIDATE, offer)
        with suppress(LinkFailed, TimeoutError):  # the server may already have hung up
            peer.connect(answer)
        until(
            lambda: (
                [
                    fact.data["why"]
                    for fact in media.engine.facts(0, 0)
                    if fact.kind is FactKind.PEER_DOWN
                ]
                == ["never_connected"]
            ),
            20,
        )
        peer.close()
    assert media.engine.stats("oral").peers == ()


def test_a_password_too_short_for_ice_holds_no_place(media: Running) -> None:
    media.engine.open("oral")
    with RawPeers() as peers:
        peer = RawPeer(peers)
        lines = peer.offer.split("\r\n")
        offer = "\r\n".join("a=ice-pwd:abcd" if "ice-pwd" in line else line for line in lines)
        with pytest.raises(EngineRefused) as refused:
            media.engine.admit("oral", "ghost", Role.CANDIDATE, offer)
        assert refused.value.reason == "bad_sdp"
        peer.close()
        candidate = peers.join(media.engine, "oral", Role.CANDIDATE)
        until(lambda: len(media.engine.stats("oral").peers) == 1)
        candidate.close()
