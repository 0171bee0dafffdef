"""The web process under clients that send slowly: pages go on being answered."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest

from evaluator_app.processes.web_worker import WHOLE, has_come, upload_bytes

PADDED = b"POST / HTTP/1.1\r\nHost: x\r\nX:" + b" " * 8000 + b"x\r\nY:" + b" " * 8000 + b"y\r\n"

APP = """
from evaluator_app.processes.web_worker import ASKED, WebWorker
known = {}
WebWorker.repeat = staticmethod(lambda address, data: known.get((address, data)))
def app(environ, start_response):
    if environ["PATH_INFO"] == "/known":
        known[ASKED.get()] = b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nagain"
    body = b"" if environ["PATH_INFO"] == "/unread" else environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(str(len(body)))))])
    return [str(len(body)).encode()]
"""
THREADS = 8


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    """A worker of eight threads whose application counts the bytes of a body."""
    folder = tmp_path_factory.mktemp("worker")
    (folder / "counting.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-k",
        "evaluator_app.processes.web_worker.WebWorker",
    ]
    command += ["--threads", str(THREADS), "-b", f"127.0.0.1:{number}", "--keep-alive", "5"]
    command += [
        "--no-control-socket",
        "--graceful-timeout",
        "1",
        "--pythonpath",
        str(folder),
        "counting:app",
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ)) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                assert post(number, b"x") == b"1"
                break
            except OSError:
                assert time.monotonic() < deadline
                threading.Event().wait(0.05)
        yield number
        process.terminate()


def post(port: int, body: bytes, timeout: float = 30) -> bytes:
    address = f"http://127.0.0.1:{port}/"
    with urllib.request.urlopen(address, data=body, timeout=timeout) as answer:
        return answer.read()


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"POST / HT",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST /unread HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
        PADDED + b"Content-Length: 500\r\n\r\nhalf",
        PADDED + b"Z: " + b"z" * 1000,
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_half_requests_stop_no_page(port, half):
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(6 * THREADS)]
    try:
        for line in lines:
            line.sendall(half)
        assert post(port, b"whole" * 100, timeout=4) == b"500"
    finally:
        for line in lines:
            line.close()


def test_what_comes_in_pieces_arrives_whole(port):
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nConnection: close\r\n\r\n"
        for piece in (head[:20], head[20:], b"abc", b"def"):
            line.sendall(piece)
            threading.Event().wait(0.07)
        line.settimeout(20)
        answer = b""
        while data := line.recv(1000):
            answer += data
    assert answer.endswith(b"\r\n\r\n6")


def test_a_request_sent_before_the_last_is_answered_is_answered_too(port):
    ask = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for _ in range(20):
            line.sendall(ask * 2 + ask[:30])
            line.sendall(ask[30:])
            answers = b""
            while answers.count(b"\r\n\r\n3") < 3:
                data = line.recv(10_000)
                assert data, answers
                answers += data


def test_large_bodies_pass(port):
    assert post(port, b"x" * 3_000_000) == b"3000000"


@pytest.mark.parametrize("over", range(-1, 6))
def test_a_request_as_long_as_what_is_looked_at_is_answered(port, over):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 16000\r\nX: "
    end = b"\r\n\r\n"
    pad = b"x" * (WHOLE + over - len(head) - len(end) - 16000)
    with socket.create_connection(("127.0.0.1", port), timeout=8) as line:
        line.sendall(head + pad + end + b"x" * 16000)
        answer = b""
        while data := line.recv(1000):
            answer += data
    assert answer.endswith(b"\r\n\r\n16000")


def test_endless_headers_are_refused(port):
    with socket.create_connection(("127.0.0.1", port), timeout=8) as line:
        line.sendall(PADDED + b"Z: " + b"z" * 1000)
        assert line.recv(1000).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("data", "come"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na", False),
        (b"POST / HTTP/1.1\r\ncontent-length:2\r\n\r\nab", True),
        (b"POST / HTTP/1.1\r\nX-Content-Length: 2\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 20000\r\n\r\na", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", True),
        (b"a" * WHOLE, False),
    ],
)
def test_a_thread_is_given_to_what_has_come(data, come):
    assert has_come(data) is come


@pytest.mark.parametrize(
    ("headers", "size"),
    [
        ([], 0),
        ([("CONTENT-LENGTH", "100")], 0),
        ([("CONTENT-LENGTH", "20000")], 20000),
        ([("CONTENT-LENGTH", "9"), ("EXPECT", "100-continue")], 9),
        ([("CONTENT-LENGTH", "x")], 0),
        ([("Transfer-Encoding", "chunked")], 2 * 1024 * 1024),
    ],
)
def test_a_large_body_is_known_by_its_headers(headers, size):
    assert upload_bytes(headers) == size


def test_a_request_that_is_known_is_answered_at_once_and_its_connection_goes_on(port):
    said = [("/known", b"abc"), ("/known", b"abc"), ("/known", b"other"), ("/", b"four")]
    heard = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path, body in [*said, said[0]]:
        connection.request("POST", path, body)
        heard.append(connection.getresponse().read())
    connection.close()
    assert heard == [b"3", b"again", b"5", b"4", b"again"]
