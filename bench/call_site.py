"""The little web side that a browser needs to join a room: a page, our client, answers."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.bad_path import BadPath
from rooms.engines import EngineRefused, EngineUnavailable, Role
from rooms.engines.native import NativeEngine

SCRIPTS = Path(__file__).parents[1] / "frontend"


class _Site(http.server.BaseHTTPRequestHandler):
    engine: NativeEngine
    path_taken: BadPath | None = None

    def do_GET(self) -> None:
        """Give the page, or a script of the product's client."""
        script = SCRIPTS / self.path.split("?")[0].removeprefix("/")
        if script.suffix == ".js":
            self._send(script.read_bytes(), "text/javascript")
        else:
            self._send(b"<!doctype html><title>room</title><video autoplay></video>", "text/html")

    def do_POST(self) -> None:
        """Have an offer answered."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path_taken is not None:
            body["sdp"] = self.path_taken.hide(body["sdp"])
        try:
            if body["role"] == "probe":
                sdp = self.engine.probe(body["peer"], body["sdp"])
            else:
                role = Role(body["role"])
                self.engine.open(body["room"])
                sdp = self.engine.admit(body["room"], body["peer"], role, body["sdp"])
            if self.path_taken is not None:
                sdp = self.path_taken.through(sdp)
            self._send(sdp.encode(), "application/sdp")
        except EngineRefused as refused:
            self._send(str(refused).encode(), "text/plain", 409)
        except EngineUnavailable as error:
            self._send(str(error).encode(), "text/plain", 503)

    def _send(self, data: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""


@contextmanager
def serve_site(engine: NativeEngine, path: BadPath | None = None) -> Iterator[str]:
    """Serve a page whose offers the engine answers, and whose media takes a path."""
    handler = type("OfEngine", (_Site,), {"engine": engine, "path_taken": path})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
