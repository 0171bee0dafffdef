"""The server over its control address: people, recordings, facts, and what it refuses."""

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from media_client import Client
from media_running import SECRET, Running
from raw_peer import AUDIO, VIDEO, RawPeers, rtp

from kernel.storage import Storage
from rooms.engines import EngineRefused, EngineUnavailable, Fact, FactKind, Role
from rooms.engines.native import NativeEngine


@contextmanager
def people(media: Running, room: str = "oral") -> Iterator[dict[str, Client]]:
    media.engine.open(room)
    clients = {}
    for role in (Role.EVALUATOR, Role.CANDIDATE):
        client = Client()
        client.join(media.engine, room, role.value, role)
        clients[role.value] = client
    try:
        yield clients
    finally:
        for client in clients.values():
            client.close()


def facts(media: Running, *kinds: FactKind) -> list[Fact]:
    return [fact for fact in media.engine.facts(0, 0) if fact.kind in kinds]


def await_fact(media: Running, kind: FactKind, within: float = 20) -> Fact:
    after, end = 0, time.monotonic() + within
    while time.monotonic() < end:
        for fact in media.engine.facts(after, 1.0):
            after = fact.seq
            if fact.kind is kind:
                return fact
    raise AssertionError(f"no {kind} within {within} s")


def test_media_passes_both_ways(media: Running) -> None:
    with people(media) as clients:
        for client in clients.values():
            client.await_frames(audio=20, video=10)
        stats = media.engine.stats("oral")
        assert [(p.peer, p.role, p.connected) for p in stats.peers] == [
            ("evaluator", Role.EVALUATOR, True),
            ("candidate", Role.CANDIDATE, True),
        ]
    downs = [await_fact(media, FactKind.PEER_DOWN).data["why"]]
    assert downs == ["left"]


def test_the_same_peer_again_takes_its_own_place(media: Running) -> None:
    with people(media) as clients:
        clients["evaluator"].await_frames(audio=5, video=5)
        again = Client()
        again.join(media.engine, "oral", "candidate", Role.CANDIDATE)
        again.await_frames(audio=10, video=10)
        before = dict(clients["evaluator"].frames)
        clients["evaluator"].await_frames(audio=before["audio"] + 10, video=before["video"] + 10)
        again.close()
    whys = [(f.peer, f.data["why"]) for f in facts(media, FactKind.PEER_DOWN)]
    assert whys[0] == ("candidate", "replaced")


def test_a_browser_that_hides_its_addresses_connects(media: Running) -> None:
    media.engine.open("oral")
    with Client(hidden=True) as shy:
        shy.join(media.engine, "oral", "candidate", Role.CANDIDATE)
        assert ".local" in shy.offer
        assert [peer.connected for peer in media.engine.stats("oral").peers] == [True]


def test_a_third_person_is_refused(media: Running) -> None:
    with people(media), Client() as third:
        with pytest.raises(EngineRefused) as refused:
            third.join(media.engine, "oral", "somebody", Role.CANDIDATE)
        assert refused.value.reason == "role_taken"
        with pytest.raises(EngineRefused) as refused:
            third.join(media.engine, "oral", "evaluator", Role.CANDIDATE)
        assert refused.value.reason == "role_taken"
        assert len(media.engine.stats("oral").peers) == 2


def test_an_observer_is_sent_both_and_sends_nothing(media: Running) -> None:
    media.engine.open("oral")
    with RawPeers() as peers:
        people = [
            peers.join(media.engine, "oral", role) for role in (Role.EVALUATOR, Role.CANDIDATE)
        ]
        observer = peers.join(media.engine, "oral", Role.OBSERVER)
        end = time.monotonic() + 30
        while len(media.engine.stats("oral").peers) < 3:
            assert time.monotonic() < end
            threading.Event().wait(0.01)
        for number in range(20):
            for source, person in enumerate(people):
                sent = [
                    rtp(kind, number, number * 960, 2 * source + kind) for kind in (AUDIO, VIDEO)
                ]
                person.send(sent)
            observer.send([rtp(AUDIO, number, number * 960, 9), rtp(VIDEO, number, 90, 10)])
        end = time.monotonic() + 10
        while sum(len(seen) for seen in observer.received.values()) < 80:
            assert time.monotonic() < end, observer.received
        assert list(map(len, observer.received.values())) == [20, 20, 20, 20]
        for person in people:
            assert list(map(len, person.received.values())) == [20, 20]


def test_a_recording_is_kept_and_made_playable(media: Running, storage: Storage) -> None:
    with people(media) as clients:
        clients["evaluator"].await_frames(audio=5, video=5)
        media.engine.set_part("oral", 1)
        media.engine.start_recording("oral", "rec-1")
        media.engine.start_recording("oral", "rec-1")
        with pytest.raises(EngineRefused) as refused:
            media.engine.start_recording("oral", "rec-2")
        assert refused.value.reason == "already_recording"
        frames = clients["candidate"].frames
        clients["candidate"].await_frames(audio=frames["audio"] + 150, video=frames["video"] + 60)
        assert media.engine.stats("oral").recording == "rec-1"
        media.engine.close("oral")
    ready = await_fact(media, FactKind.RECORDING_READY, 60)
    assert ready.room == "oral"
    roles = sorted(segment["role"] for segment in ready.data["segments"])
    assert roles == ["candidate", "evaluator"]
    assert all(segment["sound"] for segment in ready.data["segments"])
    assert all(segment["width"] == 640 for segment in ready.data["segments"])
    assert [part["number"] for part in ready.data["parts"]] == [1]
    assert storage.exists(ready.data["manifest"])
    kinds = [f.kind for f in media.engine.facts(0, 0) if "recording" in f.data]
    assert kinds == [
        FactKind.RECORDING_STARTED,
        FactKind.RECORDING_STOPPED,
        FactKind.SEGMENT_CLOSED,
        FactKind.RECORDING_READY,
    ]


def test_facts_are_waited_for_and_survive_a_restart(media: Running) -> None:
    last = media.engine.facts(0, 0)[-1].seq
    got: list[Fact] = []
    waiter = threading.Thread(target=lambda: got.extend(media.engine.facts(last, 20)))
    waiter.start()
    media.engine.open("oral")
    media.engine.close("oral")
    waiter.join(10)
    assert [(fact.kind, fact.seq) for fact in got] == [(FactKind.ROOM_CLOSED, last + 1)]


def test_an_unknown_room_and_odd_names_are_refused(media: Running) -> None:
    for act, reason in (
        (lambda: media.engine.stats("nowhere"), "unknown_room"),
        (lambda: media.engine.open("a/../b"), "bad_request"),
        (lambda: media.engine.open("x" * 65), "bad_request"),
        (lambda: media.engine.set_part("nowhere", 1), "unknown_room"),
    ):
        with pytest.raises(EngineRefused) as refused:
            act()
        assert refused.value.reason == reason
    media.engine.close("nowhere")
    media.engine.open("oral")
    with pytest.raises(EngineRefused):
        media.engine.set_part("oral", 100)
    media.engine.leave("oral", "nobody")
    media.engine.stop_recording("oral")


@pytest.mark.parametrize("sdp", ["", "nonsense", "v=0\r\n", "v=0\r\nm=audio 9 X 0\r\n"])
def test_a_nonsense_offer_is_refused_with_a_reason(media: Running, sdp: str) -> None:
    media.engine.open("oral")
    for act in (
        lambda: media.engine.admit("oral", "x", Role.CANDIDATE, sdp),
        lambda: media.engine.probe("x", sdp),
    ):
        with pytest.raises(EngineRefused) as refused:
            act()
        assert refused.value.reason == "bad_sdp"
        assert refused.value.message != ""
    assert media.engine.stats("oral").peers == ()


def test_an_offer_of_a_megabyte_is_refused(media: Running) -> None:
    media.engine.open("oral")
    with pytest.raises(EngineRefused) as refused:
        media.engine.admit("oral", "x", Role.CANDIDATE, "v=0\r\n" + "a" * 1_000_000)
    assert refused.value.reason == "too_large"
    with pytest.raises(EngineRefused) as refused:
        media.engine.admit("oral", "x", Role.CANDIDATE, "v=0\r\n" + "a" * 270_000)
    assert refused.value.reason == "too_large"
    assert media.engine.healthy()


def test_only_the_secret_opens(media: Running) -> None:
    stranger = NativeEngine(f"http://127.0.0.1:{media.port}", "another-secret-of-16")
    for act in (lambda: stranger.open("oral"), lambda: stranger.facts(0, 0)):
        with pytest.raises(EngineRefused) as refused:
            act()
        assert refused.value.reason == "forbidden"
    assert stranger.healthy()
    status, _ = request(media, "POST", "/open", b'{"room": "oral"}', {})
    assert status == 403


def request(
    media: Running, method: str, path: str, body: bytes, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", media.port, timeout=10)
    given = {"Authorization": f"Bearer {SECRET}"} if headers is None else headers
    connection.request(method, path, body, given)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/open", b"not json", 422),
        ("POST", "/open", b"[]", 422),
        ("POST", "/open", b"\xff\xfe", 422),
        ("POST", "/open", b"{}", 422),
        ("POST", "/open", b'{"room": 7}', 422),
        ("POST", "/part", b'{"room": "x", "part": true}', 422),
        ("POST", "/admit", b'{"room": "x", "peer": "y", "role": "king", "sdp": ""}', 422),
        ("GET", "/open", b"", 404),
        ("POST", "/nowhere", b"", 404),
        ("GET", "/facts?after=x", b"", 422),
        ("GET", "/facts?after=-5&wait=nan", b"", 200),
    ],
)
def test_a_malformed_request_is_answered(
    media: Running, method: str, path: str, body: bytes, status: int
) -> None:
    assert request(media, method, path, body)[0] == status


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"POST /open HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /open HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_http_is_turned_away(media: Running, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", media.port), 10) as sock:
        sock.sendall(data)
        assert sock.recv(100).split(b" ")[1] in (b"413", b"422")
    assert media.engine.healthy()


def test_garbage_on_the_media_ports_changes_nothing(media: Running) -> None:
    with people(media) as clients:
        clients["evaluator"].await_frames(audio=5, video=5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for host, port in clients["evaluator"].server_addresses():
                for first in (0, 1, 22, 63, 70, 128, 144, 191, 255):
                    for size in (1, 2, 11, 12, 13, 60, 1400, 2000):
                        sock.sendto(bytes([first]) * size, (host, port))
        before = dict(clients["evaluator"].frames)
        clients["evaluator"].await_frames(audio=before["audio"] + 20, video=before["video"] + 10)
        clients["candidate"].await_frames(audio=20, video=10)


def test_a_peer_that_never_comes_is_dropped(
    media: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.media.peer.CONNECT_WITHIN", 0.5)
    media.engine.open("oral")
    with Client() as ghost:
        ghost.offer_only(media.engine, "oral", "ghost", Role.CANDIDATE)
        down = await_fact(media, FactKind.PEER_DOWN)
    assert (down.peer, down.data["why"]) == ("ghost", "never_connected")
    with Client() as candidate:
        candidate.join(media.engine, "oral", "candidate", Role.CANDIDATE)


def test_a_dead_server_is_unavailable() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        engine = NativeEngine(f"http://127.0.0.1:{sock.getsockname()[1]}", SECRET)
    assert engine.healthy() is False
    with pytest.raises(EngineUnavailable):
        engine.open("oral")
    assert asyncio.iscoroutinefunction(engine.open) is False
