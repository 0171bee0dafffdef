"""A bad network: a UDP relay between a browser and the media server that loses packets."""

import random
import re
import selectors
import socket
import threading
from types import TracebackType
from typing import Self


class LossyPath:
    """Relays datagrams both ways, and drops a share of the media among them."""

    def __init__(self, loss: float) -> None:
        self.loss = loss
        self.dropped = {"up": 0, "down": 0}
        self._chance = random.Random(7)  # noqa: S311 - a repeatable network
        self._selector = selectors.DefaultSelector()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def hide(self, offer: str) -> str:
        """Return the offer without addresses, so that the server knows no other way."""
        lines = offer.split("\r\n")
        return "\r\n".join(line for line in lines if not line.startswith("a=candidate:"))

    def through(self, answer: str) -> str:
        """Return the answer with our address in the place of the server's first IPv4 one."""
        found = re.search(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", answer)
        assert found is not None
        host, port = found[1], int(found[2])
        outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        outer.bind((host, 0))
        inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        inner.connect((host, port))
        peer: list[tuple[str, int]] = []
        self._selector.register(outer, selectors.EVENT_READ, ("up", outer, inner, peer))
        self._selector.register(inner, selectors.EVENT_READ, ("down", outer, inner, peer))
        ours = f"a=candidate:1 1 udp 2130706431 {host} {outer.getsockname()[1]} typ host"
        kept = [line for line in answer.split("\r\n") if not line.startswith("a=candidate:")]
        at = kept.index("a=end-of-candidates")
        return "\r\n".join([*kept[:at], ours, *kept[at:]])

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._selector.get_map():
                self._stop.wait(0.01)
                continue
            for key, _ in self._selector.select(0.05):
                self._relay(*key.data)

    def _relay(
        self, way: str, outer: socket.socket, inner: socket.socket, peer: list[tuple[str, int]]
    ) -> None:
        try:
            if way == "up":
                data, address = outer.recvfrom(2048)
                peer[:] = [address]
            else:
                data = inner.recv(2048)
            if data and 127 < data[0] < 192 and self._chance.random() < self.loss:
                self.dropped[way] += 1
            elif way == "up":
                inner.send(data)
            elif peer:
                outer.sendto(data, peer[0])
        except ConnectionError:
            return
