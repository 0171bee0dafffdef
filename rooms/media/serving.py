"""The media server as a process: its rooms, its control address, its priority, its end."""

import asyncio
import contextlib
import gc
import os
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from kernel.settings import Settings
from kernel.storage import Storage
from kernel.storage import from_settings as storage_from
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
    tls: ssl.SSLContext | None = None,
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
        await control.start(host, port, tls)
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


def serve(settings: Settings, ready: Callable[[], None] | None = None) -> None:
    """Run the media server of an installation in this process until it is told to stop.

    Raises:
        ValueError: the shared secret is too short, or https is asked for without a certificate.
    """
    secret = settings.media_secret.get_secret_value()
    if len(secret) < 16:
        raise ValueError("the media secret needs 16 characters or more")
    address = urlsplit(settings.media_url)
    tls = certificate(settings) if address.scheme == "https" else None
    with contextlib.suppress(OSError):  # only root may; otherwise the service manager does it
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    asyncio.run(
        run(
            address.hostname or "127.0.0.1",
            address.port or 8090,
            secret,
            var=settings.var,
            storage=storage_from(settings),
            addresses=settings.media_bind_ips,
            ports=settings.media_port_range,
            tls=tls,
            ready=ready,
        )
    )


def certificate(settings: Settings) -> ssl.SSLContext:
    """Return what the control address shows to its callers.

    Raises:
        ValueError: no certificate is named.
        OSError: it cannot be read, or its key is another's.
    """
    if settings.media_tls_certificate is None:
        raise ValueError("https:// in VIVA_MEDIA_URL needs VIVA_MEDIA_TLS_CERTIFICATE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(settings.media_tls_certificate, settings.media_tls_key)
    return context
