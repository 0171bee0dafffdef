"""Debian's Firefox, driven over WebDriver BiDi: a websocket, JSON both ways, nothing to install.

Playwright drives only a Firefox of its own making, and puppeteer would want Node and a second
language for the tests; what they need of BiDi is five commands.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from simple_websocket import Client

PREFS: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,  # a camera and a microphone of its own
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.update.enabled": False,
    "browser.aboutConfig.showWarning": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "services.settings.server": "data:,#offline",
    "toolkit.telemetry.server": "",
    "intl.accept_languages": "fr-FR",
}
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
READY = 60.0


class _Socket(Client):
    def handshake(self) -> None:
        self.host = f"{self.host}:{self.port}"  # Firefox refuses one that does not name its port
        super().handshake()


class FirefoxError(AssertionError):
    """What the browser or a script in it answered instead of a value."""


class Firefox:
    """A headless Firefox with a profile of its own; `page()` opens a window."""

    def __enter__(self) -> Self:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            pytest.fail(
                "firefox-esr is not installed: apt-get install firefox-esr (make test does)"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="firefox-")
        profile = Path(self._folder.name)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFS.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [
                *(program, "--headless", "--no-remote", "--profile", str(profile)),
                *("--remote-debugging-port", "0", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._number = 0
        self._said: list[str] = []
        try:
            self._socket = _Socket.connect(f"{self._address()}/session")
            self.ask("session.new", capabilities={})
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
        self._socket.close()
        self._end()

    def ask(self, method: str, within: float = 60, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            text = self._socket.receive(left)
            answer = json.loads(text) if text else {}
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise FirefoxError(f"{method}: {answer['message']}")
                return answer["result"]
        raise FirefoxError(f"{method}: no answer within {within} s")

    def page(self, address: str) -> Tab:
        """Open an address in a window whose cookies nobody shares; a hidden tab would not play."""
        own = self.ask("browser.createUserContext")["userContext"]
        made = self.ask("browsingContext.create", type="window", userContext=own)
        tab = Tab(self, made["context"])
        tab.goto(address)
        return tab

    def _address(self) -> str:
        """Return where it listens; go on reading what it says, or its pipe would fill up."""
        addresses: list[str] = []
        heard = threading.Event()
        stream = self._process.stderr
        assert stream is not None

        def read() -> None:
            for line in stream:
                self._said.append(line)
                if (match := LISTENING.search(line)) and not addresses:
                    addresses.append(match[1])
                    heard.set()
            heard.set()

        self._reader = threading.Thread(target=read)
        self._reader.start()
        assert heard.wait(READY), "".join(self._said)
        assert addresses, "".join(self._said)
        return addresses[0]

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        shutil.rmtree(self._folder.name, ignore_errors=True)  # its children may still write
        self._folder.cleanup()


class Tab:
    """One page, spoken to as to Playwright's."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self._browser = browser
        self._context = context

    def goto(self, address: str) -> None:
        self._browser.ask(
            "browsingContext.navigate", context=self._context, url=address, wait="complete"
        )

    def evaluate(self, function: str, given: object = None, within: float = 60) -> Any:
        """Call a JavaScript function with one JSON argument; return its JSON result."""
        call = f"async () => JSON.stringify(await ({function})({json.dumps(given)}) ?? null)"
        answer = self._browser.ask(
            "script.callFunction",
            within,
            functionDeclaration=call,
            awaitPromise=True,
            target={"context": self._context},
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for_function(self, function: str, arg: object = None, timeout: float = 30_000) -> None:
        """Wait, `timeout` milliseconds at most, until a function of the page is true."""
        poll = f"""async (given) => {{
          const end = performance.now() + {timeout};
          while (performance.now() < end) {{
            if (await ({function})(given)) return true;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }}
          return false;
        }}"""
        if not self.evaluate(poll, arg, timeout / 1000 + 30):
            words = self.evaluate("() => document.body.innerText")
            raise FirefoxError(f"not within {timeout} ms: {function}\n{words}")

    def close(self) -> None:
        self._browser.ask("browsingContext.close", context=self._context)
