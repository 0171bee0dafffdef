"""Servers of calendars on loopback: a real Radicale, and one of plain HTTP that misbehaves."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD = "eva", "a password with é"
READY_SECONDS = 30


def calendar(*events: str, head: str = "") -> bytes:
    """Return a calendar file; an event is its lines between BEGIN and END, without a UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *head.splitlines()]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT"]
        if "UID:" not in event:
            lines.append(f"UID:event-{number}")
        lines += ["DTSTAMP:20260101T000000Z", *event.splitlines(), "END:VEVENT"]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


class Radicale:
    """The CalDAV server Radicale in a process of its own: one person, two empty calendars."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/{USER}/work/"

    def __enter__(self) -> Radicale:
        people = self.folder / "people"
        people.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "radicale", "--config", ""),
                *("--server-hosts", f"127.0.0.1:{self.port}"),
                *("--auth-type", "htpasswd", "--auth-htpasswd-filename", str(people)),
                *("--auth-htpasswd-encryption", "plain", "--auth-delay", "0"),
                *("--storage-filesystem-folder", str(self.folder / "collections")),
            ],
            stdout=self.log,
            stderr=self.log,
        )
        self._wait()
        self.make("work")
        self.make("empty")
        return self

    def make(self, name: str) -> None:
        """Make a calendar."""
        body = (
            '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
            f"<D:displayname>{name}</D:displayname></D:prop></D:set></C:mkcalendar>"
        )
        assert self.ask("MKCALENDAR", f"/{USER}/{name}/", body.encode()) == 201

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.log.close()

    def _wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until
                threading.Event().wait(0.05)
            else:
                return

    def put(self, name: str, event: str) -> None:
        """Keep one event."""
        content = calendar(f"UID:{name}\n{event}")
        assert self.ask("PUT", f"/{USER}/work/{name}.ics", content) in (201, 204)

    def ask(self, method: str, path: str, body: bytes) -> int:
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        door.request(method, path, body, {"Authorization": f"Basic {pair}"})
        status = door.getresponse().status
        door.close()
        return status


class _Answers(BaseHTTPRequestHandler):
    """One misbehaviour an address."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        name = self.path.split("?")[0].strip("/").replace("-", "_")
        getattr(self, f"_{name}", self._lost)()

    do_REPORT = do_PROPFIND = do_GET  # noqa: N815 -- how the library names a method

    def log_message(self, *_words: object) -> None:
        pass

    def _send(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _lost(self) -> None:
        self._send(404, b"nothing")

    def _good(self) -> None:
        self._send(200, self.server.content, Content_Type="text/plain")

    def _page(self) -> None:
        self._send(200, b"<!doctype html><title>Sign in</title>", Content_Type="text/html")

    def _broken_server(self) -> None:
        self._send(500)

    def _locked(self) -> None:
        self._send(401)

    def _silent(self) -> None:
        self.server.over.wait(30)

    def _drip(self) -> None:
        """A header now and then: no single wait is long, all of them are."""
        self.send_response(200)
        self.flush_headers()
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b"X-More: yes\r\n")
            except OSError:
                return

    def _stalled(self) -> None:
        """A beginning, and then nothing."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"BEGIN:VCALENDAR\r\n")
        self.server.over.wait(30)

    def _drip_body(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b"X")
            except OSError:
                return

    def _endless(self) -> None:
        """A gigabyte, without saying so."""
        self.send_response(200)
        self.end_headers()
        piece = b"X" * 65536
        for _ in range(16384):
            try:
                self.wfile.write(piece)
            except OSError:
                return
            self.server.sent += len(piece)

    def _announced(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()

    def _loop(self) -> None:
        self._send(302, Location="/loop")

    def _thrice(self) -> None:
        count = int([*self.path.split("?"), "0"][1])
        self._send(302, Location=f"/thrice?{count + 1}" if count < 2 else "/good")

    def _inside(self) -> None:
        self._send(302, Location="http://127.0.0.1:1/secret")

    def _elsewhere(self) -> None:
        self._send(307, Location=self.server.elsewhere)

    def _short(self) -> None:
        """Less than was promised."""
        self.send_response(200)
        self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b"BEGIN:VCALENDAR\r\n")

    def _babble(self) -> None:
        self.wfile.write(b"\xff\xfe not http at all\r\n\r\n")


class Misbehaving:
    """A web server on loopback; `seen` holds what was asked, with which authorisation."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls

    def __enter__(self) -> Misbehaving:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self.server.daemon_threads = True
        self.server.over = threading.Event()
        self.server.seen, self.server.sent = [], 0
        self.server.content, self.server.elsewhere = calendar(), ""
        if self.tls is not None:  # the handshake is each connection's own thread's
            self.server.socket = self.tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if self.tls is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.over.set()
        self.server.shutdown()
        self.server.server_close()


ROOT = """<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>
<d:href>/</d:href><d:propstat><d:prop><c:calendar-home-set><d:href>/mine/</d:href>
<d:href>/shared/</d:href></c:calendar-home-set></d:prop><d:status>HTTP/1.1 200 OK</d:status>
</d:propstat></d:response></d:multistatus>"""
HOME = """<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>
<d:href>/mine/work/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/>
</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
</d:multistatus>"""
NOTHING = '<d:multistatus xmlns:d="DAV:"/>'


class _TwoHomes(BaseHTTPRequestHandler):
    """An account whose calendars lie in two homes, one of which refuses to be looked at."""

    def do_PROPFIND(self) -> None:
        if self.path == "/shared/":
            self._answer(403, "")
        else:
            self._answer(207, ROOT if self.path == "/" else HOME)

    def do_REPORT(self) -> None:
        self._answer(207, NOTHING)

    def log_message(self, *_words: object) -> None:
        pass

    def _answer(self, status: int, text: str) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


@contextmanager
def two_homes() -> Iterator[str]:
    """Serve such an account; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _TwoHomes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
