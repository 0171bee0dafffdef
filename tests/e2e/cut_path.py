"""One browser's network: its calls pass a relay that can be cut, and its requests stop with it."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Self

from playwright.sync_api import BrowserContext, Error, Route

from bench.bad_path import BadPath


class CutPath:
    """Relays the datagrams of a browser's calls; its requests are the browser's own to stop."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._path = BadPath()
        context.route("**/offer", self._negotiate)

    def __enter__(self) -> Self:
        self._path.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._path.__exit__(kind, error, trace)

    def cut(self) -> None:
        """Let nothing through, neither datagrams nor requests."""
        self._path.cut = True
        self.context.set_offline(True)

    def mend(self) -> None:
        """Let everything through again, on the same ways."""
        self._path.cut = False
        self.context.set_offline(False)

    def change(self) -> None:
        """Be on another network: the ways that calls took so far lead nowhere."""
        self._path.change()

    def _negotiate(self, route: Route) -> None:
        """Put the relay between the two halves of a negotiation."""
        if self._path.cut:
            route.abort("internetdisconnected")
            return
        asked = json.loads(route.request.post_data or "{}")
        asked["sdp"] = self._path.hide(asked["sdp"])
        try:
            answer = route.fetch(post_data=json.dumps(asked))
        except Error:
            route.abort("connectionrefused")
            return
        description = answer.json()
        if "sdp" in description:
            description["sdp"] = self._path.through(description["sdp"])
        route.fulfill(response=answer, json=description)
