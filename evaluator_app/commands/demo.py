"""`viva demo`: an invented installation to try everything, on one machine."""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import Namespace

from evaluator_app import migrate, rules
from evaluator_app.demo import installation, links, seed
from evaluator_app.processes import Supervisor, port_is_free
from kernel import clock
from kernel.db import Database
from kernel.settings import Settings

PATIENCE = 60.0


def run(arguments: Namespace) -> int:
    """Start everything, fill what is empty, write `links.json`, and stay until Ctrl-C."""
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
    (var / "links.json").unlink(missing_ok=True)
    environ = installation.environment(var, arguments.port)
    settings = installation.settings_of(environ)
    supervisor = Supervisor(settings, environ)
    supervisor.start("media")
    rules.register()
    database = Database(settings.database)
    migrate.upgrade(database)
    failed = threading.Event()

    def ready() -> None:
        try:
            _open(settings, database, supervisor)
        except Exception as error:
            failed.set()
            supervisor.stop()
            print(f"viva demo: {error!r}", file=sys.stderr)
            raise

    supervisor.run(ready)
    return 1 if failed.is_set() else 0


def _open(settings: Settings, database: Database, supervisor: Supervisor) -> None:
    """Fill the demo while its processes start; once they answer, say where to go."""
    clock.use(settings.clock_file)
    with database.transaction() as db:
        if not seed.is_seeded(db):
            seed.fill(db, settings)
    with database.transaction() as db:
        found = links.collect(db, settings)
    _wait(settings.base_url, supervisor)
    if supervisor.stopping:
        return
    links.write(found, settings.var / "links.json")
    print(f"\nViva Voce is ready: {settings.base_url}\n\n{links.table(found)}\n", flush=True)
    print(f"Mail lands in {settings.mails}. Ctrl-C ends everything.\n", flush=True)


def _wait(base_url: str, supervisor: Supervisor) -> None:
    """Wait until web, media and jobs answer.

    Raises:
        TimeoutError: one of them does not, after a minute.
    """
    deadline = time.monotonic() + PATIENCE
    last = "nothing answers"
    while time.monotonic() < deadline and not supervisor.stopping:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=3) as answer:  # noqa: S310 -- our own address
                if json.load(answer)["status"] == "ok":
                    return
        except urllib.error.HTTPError as error:
            last = error.read().decode("utf-8", "replace")
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    if not supervisor.stopping:
        msg = f"the demo did not become ready: {last}"
        raise TimeoutError(msg)
