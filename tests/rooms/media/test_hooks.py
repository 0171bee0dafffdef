"""Each private name of aiortc and aioice that we lean on, held by what it must do.

When one of these fails after an upgrade, the message says what to look for in `hooks`.
"""

import asyncio
import inspect
import struct
import time
from contextlib import suppress
from importlib.metadata import version

import pytest
from aioice import Candidate, ice
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceGatherer, RTCIceTransport
from event_loop import run
from pylibsrtp import Policy, Session
from pylibsrtp._binding import lib

from rooms.media import hooks
from rooms.media.ice import CONTROL_PACKETS_A_SECOND, IceConnection
from rooms.media.network import Network, Poller
from rooms.media.sdp import parse_offer

OFFER = "\r\n".join(
    [
        "v=0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
    ]
)


def remote(port: int) -> Candidate:
    return Candidate("1", 1, "udp", 1, "127.0.0.1", port, "host")


def test_the_version_is_the_one_that_was_read() -> None:
    assert (version("aiortc"), version("aioice")) == ("1.16.0", "0.13.0"), (
        "read hooks.py against the new version, then change this line"
    )


def test_a_cipher_does_what_the_sessions_own_methods_do() -> None:
    key = bytes(range(30))
    sent, received, ours = (
        Session(Policy(key=key, ssrc_type=kind))
        for kind in (Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND, Policy.SSRC_ANY_OUTBOUND)
    )
    packets = [struct.pack("!BBHII", 0x80, 96, number, 0, 7) + b"media" for number in range(3)]
    seal = hooks._cipher(ours, lib.srtp_protect)
    sealed = [seal(packet) for packet in packets]
    assert sealed == [sent.protect(packet) for packet in packets], "pylibsrtp's parts changed"
    unseal = hooks._cipher(received, lib.srtp_unprotect)
    assert [unseal(packet) for packet in sealed] == packets
    with pytest.raises(hooks.SrtpError):
        unseal(sealed[0])
    with pytest.raises(hooks.SrtpError):
        seal(bytes(1500))


def test_a_transport_takes_its_connection_from_the_gatherer() -> None:
    async def act() -> None:
        gatherer = RTCIceGatherer(iceServers=[])
        ours = ice.Connection(ice_controlling=False)
        gatherer._connection = ours
        transport = RTCIceTransport(gatherer)
        assert transport._connection is ours, "RTCIceTransport no longer uses the gatherer's"
        assert transport._recv == ours.recv, "DTLS would read from another connection"
        assert transport._send == ours.send, "DTLS would write to another connection"

    run(act())


def test_candidates_are_gathered_by_the_overridden_method() -> None:
    names = list(inspect.signature(ice.Connection.get_component_candidates).parameters)
    assert names == ["self", "component", "addresses", "timeout"], "its signature changed"

    async def act() -> None:
        poller = Poller(asyncio.get_running_loop())
        network = Network(poller, ["127.0.0.1"])
        link = hooks.Link(network, parse_offer(OFFER), lambda _data, _at: None, lambda: None)
        transport = await link.gather()
        assert len(transport.candidates) == 1, "gather_candidates asks somebody else"
        assert " 127.0.0.1 " in transport.candidates[0]
        assert transport.setup == "active"
        assert link._connection._protocols[0].transport.sock.fileno() > 0
        await link.close()
        assert link._connection._protocols == [], "close no longer closes the sockets"
        poller.close()

    run(act())


def test_the_pair_that_carries_media_is_told_by_check_complete() -> None:
    source = inspect.getsource(ice.Connection)
    assert source.count("self.check_complete(pair)") >= 4, "check_complete is not called any more"
    assert "self._nominated[pair.component] = pair" in source, "the chosen pair is kept elsewhere"
    assert list(inspect.signature(ice.Connection.check_complete).parameters) == ["self", "pair"]


@pytest.mark.parametrize("name", ["query_consent", "check_incoming"])
def test_what_is_overridden_is_what_aioice_calls(name: str) -> None:
    assert f"self.{name}(" in inspect.getsource(ice.Connection), "it is called otherwise"
    ours, theirs = (getattr(kind, name) for kind in (IceConnection, ice.Connection))
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_stun_can_be_sent_by_hand_for_the_round_trip() -> None:
    assert list(inspect.signature(ice.Connection.build_request).parameters) == [
        "self",
        "pair",
        "nominate",
    ]
    assert list(inspect.signature(ice.StunProtocol.request).parameters) == [
        "self",
        "request",
        "addr",
        "integrity_key",
        "retransmissions",
    ]
    assert "remote_addr" in dir(ice.CandidatePair)


def test_dtls_keeps_its_srtp_sessions_where_we_look() -> None:
    async def act() -> None:
        certificate = RTCCertificate.generateCertificate()
        dtls = RTCDtlsTransport(RTCIceTransport(RTCIceGatherer(iceServers=[])), [certificate])
        assert dtls._rx_srtp is None
        assert dtls._tx_srtp is None
        dtls._set_role("client")
        assert dtls._role == "client", "the DTLS role is set elsewhere"
        assert dtls.state == "new"

    run(act())


def test_new_credentials_take_effect_where_aioice_reads_them() -> None:
    async def act() -> None:
        poller = Poller(asyncio.get_running_loop())
        network = Network(poller, ["127.0.0.1"])
        offer = parse_offer(OFFER)
        link = hooks.Link(network, offer, lambda _data, _at: None, lambda: None)
        before = await link.gather()
        chosen, other = (
            ice.CandidatePair(link._connection._protocols[0], remote(port)) for port in (7, 9)
        )
        other.task = asyncio.create_task(asyncio.sleep(60))
        link._connection._check_list += [chosen, other]
        link._connection._nominated[1] = chosen
        after = link.restart(offer)
        assert (after.ufrag, after.pwd) != (before.ufrag, before.pwd)
        assert after.candidates == before.candidates
        assert after.fingerprint == before.fingerprint
        request = link._connection.build_request(chosen, nominate=False)
        assert request.attributes["USERNAME"] == f"abcd:{after.ufrag}", "credentials are elsewhere"
        assert link._connection._valid_username(f"{after.ufrag}:abcd")
        assert not link._connection._valid_username(f"{before.ufrag}:abcd")
        assert link._connection._check_list == [chosen]
        with suppress(asyncio.CancelledError):
            await other.task
        assert other.task.cancelled()
        await link.close()
        poller.close()

    run(act())


@pytest.mark.parametrize("data", [b"", b"\0", b"\1" * 30, b"\x16" * 30, b"\x50" * 30])
def test_strangers_datagrams_do_not_reach_an_exception(data: bytes) -> None:
    async def act() -> None:
        poller = Poller(asyncio.get_running_loop())
        network = Network(poller, ["127.0.0.1"])
        link = hooks.Link(network, parse_offer(OFFER), lambda _data, _at: None, lambda: None)
        await link.gather()
        connection = link._connection
        began = time.monotonic()
        for _ in range(10 * CONTROL_PACKETS_A_SECOND):
            connection.control(data, ("127.0.0.1", 9), connection._protocols[0])
        allowed = 1 + time.monotonic() - began  # seconds' worth, the first at once
        assert connection._queue.qsize() <= allowed * CONTROL_PACKETS_A_SECOND
        assert link.refused > 0
        await link.close()
        poller.close()

    run(act())


def test_ports_and_the_address_outside_are_those_of_the_settings() -> None:
    async def act() -> None:
        poller = Poller(asyncio.get_running_loop())
        network = Network(poller, ["127.0.0.1/198.51.100.7"], range(42_100, 42_102))
        links = [
            hooks.Link(network, parse_offer(OFFER), lambda _data, _at: None, lambda: None)
            for _ in range(3)
        ]
        places = set()
        for link in links[:2]:
            (candidate,) = (await link.gather()).candidates
            places.add(tuple(candidate.split()[4:6]))
        assert places == {("198.51.100.7", "42100"), ("198.51.100.7", "42101")}
        with pytest.raises(hooks.LinkFailed):
            await links[2].gather()
        for link in links:
            await link.close()
        poller.close()

    run(act())
