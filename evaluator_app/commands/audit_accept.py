"""`viva audit accept`: sign the audit log as it stands, once somebody has looked why it was cut."""

from __future__ import annotations

import sys
from argparse import Namespace

from evaluator_app.wiring import rules
from kernel import audit
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import load


def run(arguments: Namespace) -> int:
    """Keep the old head beside a new one, and note in the log itself that it was accepted."""
    reason = arguments.reason.strip()
    if not reason:
        print("viva audit accept: say why, in a few words", file=sys.stderr)
        return 2
    settings = load()
    rules.register()
    database = Database(settings.database)
    with database.transaction() as db:
        audit.record(db, SYSTEM, "audit.accept", None)
        audit.seal(db)
    with database.session(read_only=True) as db:
        audit.accept(db, settings.secrets, settings.head_file, reason)
    print("the log is signed as it stands; the former head and the reason are kept beside it")
    return 0
