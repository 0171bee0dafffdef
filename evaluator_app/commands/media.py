"""`viva media`: the media server alone."""

from __future__ import annotations

from argparse import Namespace
from urllib.parse import urlsplit

from evaluator_app.processes import logs
from evaluator_app.processes.supervisor import die_with_parent
from kernel import storage
from kernel.settings import load
from rooms.media.serving import serve


def run(_arguments: Namespace) -> int:
    """Carry the media of every room until SIGTERM."""
    die_with_parent()
    logs.configure()
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
    return 0
