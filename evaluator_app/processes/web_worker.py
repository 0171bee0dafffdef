"""The web process's worker: no thread waits for a client that sends slowly.

gunicorn's own gives a thread to each connection before its request has come, and waits there for as
long as the client likes: a few hundred half requests, from anybody, stop every page. Here a request
is given to a thread once its headers and its body have come (`WHOLE` bytes at the most); until then
the connection costs a place in a list, and not for long. What is larger is read by a thread, within
a time that its length sets, and by a part of the threads alone. Headers alone are never so large.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from errno import EAGAIN, ECONNABORTED, EWOULDBLOCK
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

WHOLE = 16 * 1024
"""A request of so many bytes, headers included, is awaited without a thread."""
ARRIVES_WITHIN_S = 10.0
GLANCE_S = 0.05
LINGER_S = 2.0
STUCK_S = 25
"""A socket that takes or gives nothing for so long is given up; live ones speak every ten."""
UPLOAD_S, UPLOAD_BYTES_A_S = 20.0, 16 * 1024
"""How long a larger body may take: so many seconds, and what its length needs at such a pace."""
UNKNOWN_BYTES = 2 * 1024 * 1024
"""What a body sent in chunks is taken to hold."""
SHARE = 4
"""One thread in so many may read a larger body; half of these for one address."""
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def has_come(data: bytes) -> bool:
    """Tell whether what was received so far may be given to a thread.

    A whole small request may, and one whose headers have come and that will never be small.
    """
    head, end, _body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    large = len(head) + len(end) + _length(head) > WHOLE
    return is_whole(data) or large or b"100-continue" in head.lower()


def is_whole(data: bytes) -> bool:
    """Tell whether a request whose headers have come has its body with it."""
    head, _end, body = data.partition(b"\r\n\r\n")
    return len(body) >= _length(head)


def _length(head: bytes) -> int:
    length = LENGTH.search(head)
    return int(length[1]) if length else 0


def upload_bytes(headers: list[tuple[str, str]], *, partial: bool = False) -> int:
    """Return how long the body is that a thread must wait for; 0: it has come with the headers.

    `partial`: the thread was given before the body had come, however short the headers say it is.
    """
    sent = {name.upper(): value for name, value in headers}
    if "TRANSFER-ENCODING" in sent:
        return UNKNOWN_BYTES
    text = sent.get("CONTENT-LENGTH", "0")
    length = int(text) if text.isascii() and text.isdecimal() else 0
    size = length + sum(len(name) + len(value) + 4 for name, value in headers)
    return length if partial or size > WHOLE or "EXPECT" in sent else 0


ASKED: ContextVar[tuple[str, bytes] | None] = ContextVar("asked", default=None)
"""The address and the bytes of the request that this thread answers, where they came whole."""


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads for requests that have come.

    `repeat(address, bytes)` returns the answer to a request that is known beforehand: it is sent
    without a thread, and must not wait for anything. `leave()` is called at the end.
    """

    repeat: Callable[[str, bytes], bytes | None] = staticmethod(lambda _address, _data: None)
    leave: Callable[[], None] = staticmethod(lambda: None)

    def init_process(self) -> None:
        """Begin with nobody waiting."""
        self._dripping: list[TConn] = []
        self._leaving: list[tuple[TConn, float]] = []
        self._uploads: dict[TConn, float] = {}
        self._lock = threading.Lock()
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and wait for its request without a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (EAGAIN, ECONNABORTED, EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STUCK_S, 0))
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.timeout = time.monotonic() + ARRIVES_WITHIN_S
        self.pending_conns.append(conn)
        ready = partial(self.on_pending_socket_readable, conn)
        self.poller.register(client, selectors.EVENT_READ, ready)

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Look at the first bytes of a connection."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        conn.data_ready = True
        self._await_whole(conn)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Look at the first bytes of a connection's next request; answer at once what is known."""
        data = _received(conn)
        if data and self._repeats(conn, data):
            self.keepalived_conns.remove(conn)
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.timeout = time.monotonic() + ARRIVES_WITHIN_S
        self._take(conn, data)

    def _repeats(self, conn: TConn, data: bytes) -> bool:
        """Answer a request that needs no thread; tell whether it was one."""
        if not self.alive or _read_ahead(conn):
            return False
        answer = self.repeat(_address(conn), data)
        if answer is None:
            return False
        try:
            conn.sock.recv(len(data))
            conn.sock.sendall(answer)
        except OSError:
            return True  # its client takes nothing: the connection ends by itself
        return True

    def _await_whole(self, conn: TConn) -> None:
        self._take(conn, _received(conn))

    def _take(self, conn: TConn, data: bytes | None) -> None:
        conn.partial = data is not None and not is_whole(data)
        conn.asked = None if data is None or conn.partial else data
        if conn.asked and self._repeats(conn, conn.asked):
            conn.sock.setblocking(False)
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            again = partial(self.on_client_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, again)
            return
        if data is None or has_come(data):
            self.enqueue_req(conn)
        elif len(data) >= WHOLE:  # a thread would wait for the rest of such headers
            self._refuse(conn)
        else:
            self._dripping.append(conn)

    def _refuse(self, conn: TConn) -> None:
        try:
            conn.sock.send(TOO_LONG)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
        else:
            self._leaving.append((conn, time.monotonic() + LINGER_S))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Do what is due, then look again at what had not come whole."""
        soon = bool(self._dripping or self._leaving)
        super().wait_for_and_dispatch_events(min(timeout, GLANCE_S) if soon else timeout)
        waiting, self._dripping = self._dripping, []
        now = time.monotonic()
        self._see_off(now)
        for conn in waiting:
            if now > conn.timeout:
                self._close(conn)
            else:
                self._await_whole(conn)
        with self._lock:
            late = [conn for conn, until in self._uploads.items() if now > until]
            for conn in late:  # what its thread waits for comes to an end
                self._uploads[conn] = now + STUCK_S
                _stop_reading(conn.sock)

    def finish_request(self, conn: TConn, done: Future[Any]) -> None:
        """Keep a connection for its next request, which may have come, or a part of it, already."""
        kept = not done.cancelled() and done.exception() is None and done.result() is True
        if kept and not _read_ahead(conn):
            super().finish_request(conn, done)
            return
        try:
            conn.sock.setblocking(False)
            if kept:
                conn.timeout = time.monotonic() + ARRIVES_WITHIN_S
                self._await_whole(conn)
                return
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
        else:
            self._leaving.append((conn, time.monotonic() + LINGER_S))

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Keep a connection whose body has come whole; gunicorn waits five seconds for the rest."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + GLANCE_S))

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def _see_off(self, now: float) -> None:
        """Close what was answered, once its client has gone or not much later (RFC 9112, 9.6).

        gunicorn waits for each in turn, and answers nobody meanwhile.
        """
        leaving, self._leaving = self._leaving, []
        for conn, until in leaving:
            try:
                gone = not conn.sock.recv(WHOLE)
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone or now > until:
                self._close(conn)
            else:
                self._leaving.append((conn, until))

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer a request; one with a large body in its time, if there is a place for it."""
        size = upload_bytes(req.headers, partial=conn.partial)
        ASKED.set(None if conn.asked is None else (_address(conn), conn.asked))
        if not size:
            return bool(super().handle_request(req, conn))
        if not self._has_place(conn, size):
            conn.sock.sendall(BUSY)
            return False
        try:
            return bool(super().handle_request(req, conn))
        finally:
            with self._lock:
                self._uploads.pop(conn, None)

    def _has_place(self, conn: TConn, size: int) -> bool:
        most = max(2, self.cfg.threads // SHARE)
        with self._lock:
            by_address = Counter(_address(other) for other in self._uploads)
            # Behind a proxy everybody has its address; it hands over bodies that it has whole.
            shared = self.cfg.forwarded_allow_ips == "*"
            if len(self._uploads) >= most:
                return False
            if not shared and by_address[_address(conn)] >= most // 2:
                return False
            self._uploads[conn] = time.monotonic() + UPLOAD_S + size / UPLOAD_BYTES_A_S
        return True


def _received(conn: TConn) -> bytes | None:
    """Return what has come of a connection's next request; None: it is over, a thread finds out."""
    begun = _read_ahead(conn)
    try:
        data = conn.sock.recv(WHOLE, socket.MSG_PEEK)
    except BlockingIOError:
        return begun
    except OSError:
        return None
    return begun + data if data else None


def _read_ahead(conn: TConn) -> bytes:
    """Return what was read of a connection's next request together with the last one."""
    return conn.parser.unreader.buf.getvalue() if conn.parser is not None else b""


def _address(conn: TConn) -> str:
    return str(conn.client[0]) if isinstance(conn.client, tuple) else ""


def _stop_reading(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RD)
    except OSError:
        return  # it has gone by itself
