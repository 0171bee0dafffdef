"""A bad network: a UDP relay between a browser and the media server that loses, delays, is cut."""

from __future__ import annotations

import heapq
import random
import re
import selectors
import socket
import threading
import time
from collections import deque
from itertools import count
from types import TracebackType
from typing import Self

QUEUE = 0.3  # seconds that a narrow path holds back before it drops
ANSWERED = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")


class _Way:
    """One direction of one browser's path: what it may carry, and what waits."""

    def __init__(
        self, out: socket.socket, to: list[tuple[str, int]] | None, network: int = 0
    ) -> None:
        self.out = out
        self.to = to  # None: the socket is connected
        self.network = network
        self.free_at = 0.0

    def send(self, data: bytes) -> None:
        try:
            if self.to is None:
                self.out.send(data)
            elif self.to:
                self.out.sendto(data, self.to[0])
        except OSError:
            return


class BadPath:
    """Relays datagrams both ways; drops a share of the media, carries `kbps` at most each way.

    Both may be changed while it runs; `kbps` 0 is no limit. `dropped` counts by direction. While
    `cut` is true nothing passes.
    """

    def __init__(self, loss: float = 0.0, kbps: float = 0.0) -> None:
        self.loss = loss
        self.kbps = kbps
        self.cut = False
        self._network = 0
        self.dropped = {"up": 0, "down": 0}
        self._chance = random.Random(7)  # noqa: S311 - a repeatable network
        self._selector = selectors.DefaultSelector()
        self._waiting: list[tuple[float, int, _Way, bytes]] = []
        self._new: deque[tuple[socket.socket, tuple[str, _Way, list[tuple[str, int]]]]] = deque()
        self._number = count()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Begin to relay."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and close every socket."""
        self._stop.set()
        self._thread.join()
        for sock, _ in self._new:
            sock.close()
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def change(self) -> None:
        """Be on another network: the ways that calls took so far lead nowhere."""
        self._network += 1

    def hide(self, offer: str) -> str:
        """Return the offer without addresses, so that the server knows no other way."""
        lines = offer.split("\r\n")
        return "\r\n".join(line for line in lines if not line.startswith("a=candidate:"))

    def through(self, answer: str) -> str:
        """Return the answer with our address in the place of the server's first IPv4 one."""
        match = ANSWERED.search(answer)
        if match is None:
            raise ValueError("the answer offers no IPv4 address")
        host, port = match[1], int(match[2])
        outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        outer.bind((host, 0))
        inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        inner.connect((host, port))
        for sock in (outer, inner):
            sock.setblocking(False)  # a send may take the error that made it readable
        browser: list[tuple[str, int]] = []
        up, down = _Way(inner, None, self._network), _Way(outer, browser, self._network)
        self._new.append((outer, ("up", up, browser)))
        self._new.append((inner, ("down", down, browser)))
        ours = f"a=candidate:1 1 udp 2130706431 {host} {outer.getsockname()[1]} typ host"
        kept = [line for line in answer.split("\r\n") if not line.startswith("a=candidate:")]
        at = kept.index("a=end-of-candidates")
        return "\r\n".join([*kept[:at], ours, *kept[at:]])

    def _run(self) -> None:
        while not self._stop.is_set():
            while self._new:
                sock, what = self._new.popleft()
                self._selector.register(sock, selectors.EVENT_READ, what)
            if not self._selector.get_map():
                self._stop.wait(0.01)
                continue
            for key, _ in self._selector.select(self._patience()):
                self._take(key.fileobj, *key.data)  # type: ignore[arg-type]
            self._release()

    def _patience(self) -> float:
        if not self._waiting:
            return 0.02
        return min(0.02, max(0.0, self._waiting[0][0] - time.monotonic()))

    def _take(
        self, sock: socket.socket, name: str, way: _Way, browser: list[tuple[str, int]]
    ) -> None:
        try:
            data, address = sock.recvfrom(2048)
        except OSError:
            return
        if name == "up":
            browser[:] = [address]
        if self.cut or way.network < self._network:
            return
        media = bool(data) and 127 < data[0] < 192
        if media and self._chance.random() < self.loss:
            self.dropped[name] += 1
        elif not self.kbps:
            way.send(data)
        else:
            now = time.monotonic()
            leaves = max(now, way.free_at) + len(data) * 8 / (self.kbps * 1000)
            if leaves - now > QUEUE and media:
                self.dropped[name] += 1
            else:
                way.free_at = leaves
                heapq.heappush(self._waiting, (leaves, next(self._number), way, data))

    def _release(self) -> None:
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            _, _, way, data = heapq.heappop(self._waiting)
            way.send(data)
