"""How gunicorn runs the web process: one worker, a thread a websocket, no control socket."""

from __future__ import annotations

import gc
from typing import Any

from evaluator_app.processes import logs
from evaluator_app.processes.supervisor import die_with_parent
from kernel import private
from kernel.settings import load

die_with_parent()
private.keep_what_is_written()
logs.configure()
_settings = load()

bind = (
    f"[{_settings.bind}]:{_settings.port}"
    if ":" in _settings.bind
    else (f"{_settings.bind}:{_settings.port}")
)
workers = 1  # Socket.IO keeps its rooms in memory: more processes need sticky sessions
worker_class = "evaluator_app.processes.web_worker.WebWorker"
threads = _settings.web_threads
worker_connections = max(1000, 2 * _settings.web_threads)
timeout = 60
graceful_timeout = 2  # websockets never end by themselves
keepalive = 20
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- the worker's pulse must not wait for a disk
loglevel = "warning"
forwarded_allow_ips = "*" if _settings.trusted_proxies else "127.0.0.1"

RARELY = (20_000, 20, 20)
"""When rings of objects are looked for: an answer makes some thousands, and hardly any ring."""


def post_worker_init(worker: Any) -> None:
    """Start the threads that work between requests; set aside what never goes."""
    from evaluator_app.live.hub import live  # noqa: PLC0415 -- nothing that the parent needs

    live.start()
    pulses = live.app.extensions["viva_pulses"]
    pulses.start()
    worker.repeat, worker.leave = pulses.repeat, pulses.write
    # What was loaded stays: looking through it again would stop every answer for a while.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


def worker_exit(_server: Any, worker: Any) -> None:
    """Write what was heard and still waits."""
    worker.leave()
