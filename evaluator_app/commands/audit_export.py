"""`viva audit export FILE`: the sealed log as a file that anybody checks alone."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from evaluator_app.wiring import rules
from kernel import audit_file
from kernel.db import Database
from kernel.settings import load


def run(arguments: Namespace) -> int:
    """Write the file whole or not at all; say with which key it is signed."""
    settings = load()
    rules.register()
    out = Path(arguments.file)
    fresh = out.with_name(f"{out.name}.part")
    try:
        with Database(settings.database).session(read_only=True) as db, fresh.open("w") as file:
            file.writelines(audit_file.export(db, settings.secrets, settings.head_file))
        fresh.replace(out)
    except audit_file.NotWhole as error:
        fresh.unlink(missing_ok=True)
        print(f"viva: the log is not whole, nothing was written: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"viva: {out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    key = audit_file.signer(settings.secrets[0]).public_key()
    print(f"signed with the key {audit_file.fingerprint(key)}")
    return 0
