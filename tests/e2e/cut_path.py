"""One browser's network: every call of its passes a relay that can be cut, or left for another."""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

from playwright.sync_api import BrowserContext, Error, Route

HOST = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")


class CutPath:
    """Relays the datagrams of a browser's calls; its requests are the browser's own to stop."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._cut = False
        self._network = 0
        self._selector = selectors.DefaultSelector()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        context.route("**/offer", self._negotiate)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def cut(self) -> None:
        """Let nothing through, neither datagrams nor requests."""
        self._cut = True
        self.context.set_offline(True)

    def mend(self) -> None:
        """Let everything through again, on the same ways."""
        self._cut = False
        self.context.set_offline(False)

    def change(self) -> None:
        """Be on another network: the ways that calls took so far lead nowhere."""
        self._network += 1

    def _negotiate(self, route: Route) -> None:
        """Put the relay between the two halves of a negotiation."""
        if self._cut:
            route.abort("internetdisconnected")
            return
        asked = json.loads(route.request.post_data or "{}")
        lines = asked["sdp"].split("\r\n")
        asked["sdp"] = "\r\n".join(one for one in lines if not one.startswith("a=candidate:"))
        try:
            answer = route.fetch(post_data=json.dumps(asked))
        except Error:
            route.abort("connectionrefused")
            return
        found = answer.json()
        if "sdp" in found:
            found["sdp"] = self._through(found["sdp"])
        route.fulfill(response=answer, json=found)

    def _through(self, answer: str) -> str:
        """Return the answer with our address in the place of the server's."""
        found = HOST.search(answer)
        assert found is not None, answer
        outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        outer.bind((found[1], 0))
        inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        inner.connect((found[1], int(found[2])))
        browser: list[tuple[str, int]] = []
        for one, way in ((outer, "up"), (inner, "down")):
            one.setblocking(False)
            data = (way, outer, inner, browser, self._network)
            self._selector.register(one, selectors.EVENT_READ, data)
        ours = f"a=candidate:1 1 udp 2130706431 {found[1]} {outer.getsockname()[1]} typ host"
        kept = [line for line in answer.split("\r\n") if not line.startswith("a=candidate:")]
        at = kept.index("a=end-of-candidates")
        return "\r\n".join([*kept[:at], ours, *kept[at:]])

    def _run(self) -> None:
        while not self._over.is_set():
            if not self._selector.get_map():
                self._over.wait(0.01)
                continue
            for key, _ in self._selector.select(0.05):
                self._relay(*key.data)

    def _relay(
        self,
        way: str,
        outer: socket.socket,
        inner: socket.socket,
        browser: list[tuple[str, int]],
        network: int,
    ) -> None:
        try:
            if way == "up":
                data, address = outer.recvfrom(2048)
                browser[:] = [address]
            else:
                data = inner.recv(2048)
            if self._cut or network < self._network:
                return
            if way == "up":
                inner.send(data)
            elif browser:
                outer.sendto(data, browser[0])
        except (BlockingIOError, ConnectionError):
            return  # the server's process is gone, or the datagram was
