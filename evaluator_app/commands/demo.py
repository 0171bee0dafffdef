"""`viva demo`: an invented installation to try everything, on one machine."""

from __future__ import annotations

import importlib
import sys
import threading
from argparse import Namespace

from evaluator_app.demo import installation, opening
from evaluator_app.processes.supervisor import Supervisor, die_with_parent, port_is_free, services


def run(arguments: Namespace) -> int:
    """Start everything, fill what is empty, write `links.json`, and stay until Ctrl-C."""
    die_with_parent()
    if not port_is_free("127.0.0.1", arguments.port):
        print(
            f"viva demo: port {arguments.port} is taken; "
            f"end what listens there, or choose another: make demo PORT={arguments.port + 1}",
            file=sys.stderr,
        )
        return 1
    var = installation.folder()
    if arguments.fresh:
        installation.forget(var)
    for name in (opening.LINKS, opening.FILLED):
        (var / name).unlink(missing_ok=True)
    environ = installation.environment(var, arguments.port)
    installation.take_over(environ)
    if not installation.is_migrated(var):
        importlib.import_module("evaluator_app.demo.migrating").migrate(var)
    supervisor = Supervisor(var, environ, services(jobs=("-m", "evaluator_app.demo.worker")))
    failed = threading.Event()

    def ready() -> None:
        try:
            opening.open_up(
                var, environ["VIVA_BASE_URL"], lambda: supervisor.stopping or supervisor.revived
            )
            if supervisor.revived:
                msg = f"a process of the demo does not start: see {var / 'logs'}"
                raise RuntimeError(msg)
        except Exception as error:
            failed.set()
            supervisor.stop()
            print(f"viva demo: {error}", file=sys.stderr)
            raise

    supervisor.run(ready)
    return 1 if failed.is_set() else 0
