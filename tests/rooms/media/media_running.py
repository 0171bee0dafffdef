"""A real media server on its own thread."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.storage import Storage
from rooms.engines.native import NativeEngine
from rooms.media.control import Control
from rooms.media.server import MediaServer

SECRET = "a-secret-of-the-tests"


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
