"""Run the media server: ``python -m rooms.media`` (``viva media`` does the same)."""

import sys
from urllib.parse import urlsplit

import structlog

from kernel import storage
from kernel.loglines import unfailing
from kernel.settings import load
from rooms.media.serving import serve

if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(unfailing(sys.stdout)))
    settings = load()
    address = urlsplit(settings.media_url)
    serve(
        address.hostname or "127.0.0.1",
        address.port or 8090,
        settings.media_secret.get_secret_value(),
        var=settings.var,
        storage=storage.from_settings(settings),
        addresses=settings.media_bind_ips,
        ports=settings.media_port_range,
    )
