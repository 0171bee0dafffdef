"""A headless Chromium spoken to over its DevTools socket: what a benchmark needs of it, no more."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simple_websocket import Client

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--remote-debugging-port=0",
]
READY = 60.0


class NoChromium(RuntimeError):
    """There is none, it does not start, or a script in it failed."""


class Chromium:
    """A browser with a profile of its own; `page()` opens a window."""

    def __enter__(self) -> Self:
        """Start it. Raise NoChromium."""
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            raise NoChromium("chromium is not installed: apt-get install chromium")
        self._folder = tempfile.mkdtemp(prefix="chromium-")
        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        try:
            self._socket = Client.connect(self._address(), max_message_size=1 << 24)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._socket.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _address(self) -> str:
        file = Path(self._folder) / "DevToolsActivePort"
        end = time.monotonic() + READY
        while not file.exists() or len(file.read_text().split()) < 2:
            if time.monotonic() > end or self._process.poll() is not None:
                raise NoChromium("chromium does not start")
            time.sleep(0.05)
        port, path = file.read_text().split()
        return f"ws://127.0.0.1:{port}{path}"

    def ask(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """Send a command and return its result. Raise NoChromium."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps({**command, "sessionId": session} if session else command))
        end = time.monotonic() + READY
        while (left := end - time.monotonic()) > 0:
            text = self._socket.receive(left)
            answer = json.loads(text) if text else {}
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise NoChromium(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result
        raise NoChromium(f"{method}: no answer")

    def context(self) -> str:
        """Begin a context, which shares no cookie with any other; return its name."""
        return str(self.ask("Target.createBrowserContext")["browserContextId"])

    def page(self, address: str, context: str = "") -> Page:
        """Open an address in a window of a context, else of its own; wait until it is there."""
        target = self.ask(
            "Target.createTarget",
            url=address,
            browserContextId=context or self.context(),
            newWindow=True,
        )["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, target, attached["sessionId"])
        there = f"complete{address.partition(':')[0]}:"
        while page.evaluate("() => document.readyState + location.protocol") != there:
            time.sleep(0.05)
        return page


class Page:
    """One page."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send the page a command and return its result. Raise NoChromium."""
        return self._browser.ask(method, self._session, **params)

    def close(self) -> None:
        """Close its window."""
        self._browser.ask("Target.closeTarget", targetId=self._target)

    def evaluate(self, function: str, given: object = None) -> Any:
        """Call a JavaScript function with one JSON argument; return its JSON result."""
        answer = self.ask(
            "Runtime.evaluate",
            expression=f"({function})({json.dumps(given)})",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise NoChromium(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")
