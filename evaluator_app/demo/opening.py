"""Open the demo: migrate, fill what is empty, wait for its processes, say where to go."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from evaluator_app import rules, stock
from evaluator_app.demo import links, seed
from kernel import clock
from kernel.db import Database
from kernel.settings import load

PATIENCE = 120.0


def open_up(over: Callable[[], bool]) -> None:
    """Do all that stands above; `over` tells whether to stop waiting.

    Raises:
        TimeoutError: web, media or jobs does not answer, after a minute.
    """
    settings = load()
    clock.use(settings.clock_file)
    rules.register()
    database = Database(settings.database)
    stock.put_in(database)
    with database.transaction() as db:
        if not seed.is_seeded(db):
            seed.fill(db, settings)
    with database.transaction() as db:
        found = links.collect(db, settings)
    _wait(settings.base_url, over)
    if over():
        return
    links.write(found, settings.var / "links.json")
    print(f"\nViva Voce is ready: {settings.base_url}\n\n{links.table(found)}\n", flush=True)
    print(f"Mail lands in {settings.mails}. Ctrl-C ends everything.\n", flush=True)


def _wait(base_url: str, over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    last = "nothing answers"
    while time.monotonic() < deadline and not over():
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=3) as answer:  # noqa: S310 -- our own address
                if json.load(answer)["status"] == "ok":
                    return
        except urllib.error.HTTPError as error:
            last = error.read().decode("utf-8", "replace")
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    if not over():
        msg = f"the demo did not become ready: {last}"
        raise TimeoutError(msg)
