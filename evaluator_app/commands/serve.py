"""`viva serve`: web, media and jobs of this installation on one machine, kept alive."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from evaluator_app.commands import secrets_check
from evaluator_app.processes.supervisor import Supervisor, die_with_parent, port_is_free
from evaluator_app.wiring import migrate, rules, stock
from kernel.db import Database
from kernel.settings import load


def run(_arguments: Namespace) -> int:
    """Check the settings, migrate, start everything, and stay until SIGTERM or Ctrl-C."""
    die_with_parent()
    settings = load()
    if faults := secrets_check.faults(settings):
        print("\n".join(["viva serve: this installation cannot start.", *faults]), file=sys.stderr)
        return 1
    if not port_is_free(settings.bind, settings.port):
        print(
            f"viva serve: {settings.bind}:{settings.port} is taken; "
            "end what listens there, or set VIVA_PORT.",
            file=sys.stderr,
        )
        return 1
    rules.register()
    database = Database(settings.database)
    settings.var.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(database)
    stock.put_in(database)
    database.dispose()
    Supervisor(settings.var, os.environ).run()
    return 0
