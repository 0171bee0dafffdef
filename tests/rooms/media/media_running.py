"""A real media server on its own thread, and the little web side that a browser needs."""

import asyncio
import http.server
import json
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossy_path import LossyPath

from kernel.storage import Storage
from rooms.engines import EngineRefused, EngineUnavailable, Role
from rooms.engines.native import NativeEngine
from rooms.media.control import Control
from rooms.media.server import MediaServer

SECRET = "a-secret-of-the-tests"
ASSETS = Path(__file__).parents[3] / "evaluator_app" / "assets" / "media"


@dataclass
class Running:
    """A media server on its own thread and loop."""

    loop: asyncio.AbstractEventLoop
    server: MediaServer
    port: int
    engine: NativeEngine
    storage: Storage
    var: Path
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


def run_media(var: Path, storage: Storage, started: "Future[Running]") -> None:
    """Serve until `stop` is set, on this thread."""

    async def main() -> None:
        server = MediaServer(var, storage)
        control = Control(server, SECRET)
        await control.start("127.0.0.1", 0)
        engine = NativeEngine(f"http://127.0.0.1:{control.port}", SECRET)
        loop = asyncio.get_running_loop()
        running = Running(loop, server, control.port, engine, storage, var)
        started.set_result(running)
        await running.stop.wait()
        await control.stop()
        await server.stop()

    asyncio.run(main())


class Web(http.server.BaseHTTPRequestHandler):
    engine: NativeEngine
    path_taken: LossyPath | None = None

    def do_GET(self) -> None:
        name = self.path.split("?")[0].removeprefix("/media/")
        if self.path.startswith("/media/"):
            self._send((ASSETS / name).read_bytes(), "text/javascript")
        else:
            self._send(b"<!doctype html><title>room</title><video autoplay></video>", "text/html")

    def do_POST(self) -> None:
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

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serve_site(engine: NativeEngine, path: LossyPath | None = None) -> Iterator[str]:
    """Serve a page whose offers the engine answers, and whose media takes a path."""
    handler = type("OfEngine", (Web,), {"engine": engine, "path_taken": path})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
