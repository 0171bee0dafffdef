"""The control address between two machines, and callers who keep no rule of HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import certificates
import pytest
from certificates import Certificate
from media_running import SECRET, Running

from kernel.settings import Settings
from rooms.engines.native import NativeEngine
from rooms.media import control
from rooms.media.control import Control
from rooms.media.serving import certificate, serve


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Certificate:
    return certificates.made(tmp_path_factory.mktemp("shown"))


@pytest.fixture
def guarded(media: Running, shown: Certificate) -> Iterator[str]:
    """The address of a control that shows the certificate that settings name."""
    settings = Settings(mode="test", media_tls_certificate=shown.chain, media_tls_key=shown.key)
    door = Control(media.server, SECRET)
    media.do(door.start("127.0.0.1", 0, certificate(settings)))
    yield f"https://127.0.0.1:{door.port}"
    media.do(door.stop())


def test_the_control_is_spoken_to_over_tls(guarded, shown):
    engine = NativeEngine(guarded, SECRET, shown.chain)
    engine.open("oral")
    assert engine.stats("oral").room == "oral"
    engine.close("oral")


def test_who_shows_another_certificate_is_not_told_the_secret(guarded, tmp_path):
    other = certificates.made(tmp_path)
    assert NativeEngine(guarded, SECRET, other.chain).healthy() is False
    assert NativeEngine(guarded, SECRET).healthy() is False


def test_without_tls_a_guarded_control_says_nothing(guarded):
    assert NativeEngine(guarded.replace("https", "http"), SECRET).healthy() is False


def test_https_without_a_certificate_does_not_start():
    settings = Settings(mode="test", media_url="https://127.0.0.1:1", media_secret="s" * 16)
    with pytest.raises(ValueError, match="VIVA_MEDIA_TLS_CERTIFICATE"):
        serve(settings)


@pytest.mark.parametrize(
    ("address", "open_to_view"),
    [
        ("http://127.0.0.1:8090", False),
        ("http://[::1]:8090", False),
        ("http://localhost:8090", False),
        ("http://10.0.0.5:8090", True),
        ("http://media.viva:8090", True),
        ("https://media.viva:8090", False),
    ],
)
def test_who_could_listen_is_known_from_the_address(address, open_to_view):
    assert NativeEngine(address, SECRET).is_open_to_view is open_to_view


ASK = (
    b"POST /stats HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer "
    + SECRET.encode()
    + b"\r\n%s\r\n\r\n"
)
STATS = b'{"room":"oral"}'


def answers(media: Running, *pieces: bytes) -> list[bytes]:
    """Send pieces on one connection; return the first line of each answer, until it is closed."""
    with socket.create_connection(("127.0.0.1", media.port), timeout=20) as line:
        for piece in pieces:
            line.sendall(piece)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return [part.split(b"\r\n")[0] for part in heard.split(b"HTTP/1.1 ")[1:]]


def test_requests_sent_at_once_are_answered_one_after_the_other(media):
    media.engine.open("oral")
    ask = ASK % b"Content-Length: 15" + STATS
    assert answers(media, ask * 3) == [b"200 OK"] * 3


def test_a_body_in_chunks_and_pieces_is_read_whole(media):
    media.engine.open("oral")
    ask = ASK % b"Transfer-Encoding: chunked" + b"6\r\n" + STATS[:6] + b"\r\n9\r\n" + STATS[6:]
    assert answers(media, ask[:40], ask[40:], b"\r\n0\r\n\r\n") == [b"200 OK"]


def test_chunks_without_end_are_refused(media):
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    ask = ASK % b"Transfer-Encoding: chunked"
    assert answers(media, ask, *[chunk] * 10, b"0\r\n\r\n") == [b"413 Request Entity Too Large"]


@pytest.mark.parametrize(
    "head",
    [
        ASK % b"Content-Length: 15\r\nContent-Length: 16",
        ASK % b"Content-Length: 15\r\nTransfer-Encoding: gzip",
        ASK % b"A header : with a space",
        ASK % (b"X: " + b"x" * control.MAX_HEAD),
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(media, head):
    (answer,) = answers(media, head)
    assert answer.split()[0] in (b"422", b"413")


def test_who_says_nothing_holds_no_connection(media, monkeypatch):
    monkeypatch.setattr(control, "IDLE", 0.1)
    monkeypatch.setattr(control, "READ_WITHIN", 0.1)
    for half in (b"", b"POST /st", ASK % b"Content-Length: 15"):
        with socket.create_connection(("127.0.0.1", media.port), timeout=20) as line:
            line.sendall(half)
            assert line.recv(100) == b""
