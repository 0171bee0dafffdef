"""The media server as a process: its rooms, its control address, its priority, its end."""

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path

import structlog

from kernel.storage import Storage
from rooms.media.control import Control
from rooms.media.ice import host_addresses
from rooms.media.server import MediaServer

log = structlog.get_logger()

NICENESS = -10


async def run(
    host: str,
    port: int,
    secret: str,
    *,
    var: Path,
    storage: Storage | None = None,
    addresses: list[str] | None = None,
    ports: range = range(0),
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. ``ready`` is called once the address listens.

    Raises:
        OSError: the control address cannot be bound.
    """
    server = MediaServer(var, storage, addresses, ports)
    control = Control(server, secret)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopped.set)
    try:
        await control.start(host, port)
        log.info("media.listening", host=host, port=port, addresses=addresses or host_addresses())
        gc.collect()
        gc.freeze()
        gc.disable()
        if ready is not None:
            ready()
        await stopped.wait()
    finally:
        await control.stop()
        await server.stop()
        gc.enable()


def serve(
    host: str,
    port: int,
    secret: str,
    *,
    var: Path,
    storage: Storage | None = None,
    addresses: list[str] | None = None,
    ports: range = range(0),
    ready: Callable[[], None] | None = None,
) -> None:
    """Run the media server in this process until it is told to stop.

    ``secret`` is asked from every caller of the control address; ``storage`` takes the
    recordings; ``addresses`` are offered to browsers (default: all of this machine; one behind a
    one-to-one translation is ``inside/outside``), on UDP ``ports`` (default: any).
    """
    if len(secret) < 16:
        raise ValueError("the media secret needs 16 characters or more")
    with contextlib.suppress(OSError):  # only root may; otherwise the service manager does it
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    asyncio.run(
        run(
            host,
            port,
            secret,
            var=var,
            storage=storage,
            addresses=addresses,
            ports=ports,
            ready=ready,
        )
    )
