"""`viva audit verify`: prove that the audit log is whole."""

from __future__ import annotations

import sys
from argparse import Namespace

from evaluator_app.wiring import rules
from kernel.audit import verify
from kernel.db import Database
from kernel.settings import load


def run(_arguments: Namespace) -> int:
    """Walk the chain from its signed head; print what was altered, removed or cut off."""
    settings = load()
    rules.register()
    with Database(settings.database).session(read_only=True) as db:
        verification = verify(db, settings.secrets, settings.head_file)
    print(f"{verification.sealed} entries sealed, {verification.unsealed} not sealed yet")
    for fault in verification.faults:
        print(f"fault: {fault}", file=sys.stderr)
    print("the log is whole" if verification.sound else "the log is NOT whole")
    return 0 if verification.sound else 1
