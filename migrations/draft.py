"""Draft the next migration: what the rows have and the migrations lack.

`.venv/bin/python -m migrations.draft "marks agreed"` writes it beside the others. What it writes
knows tables and columns, not what existing rows need: read it, complete it, try it with
`tests/migrations` on both databases.
"""

from __future__ import annotations

import argparse
import tempfile

from evaluator_app.wiring import migrate, rules
from kernel.db import Database


def main() -> None:
    """Compare the newest migration with the rows; write the difference."""
    parser = argparse.ArgumentParser(prog="python -m migrations.draft", description=__doc__)
    parser.add_argument("subject", help="what the migration does, in a few words")
    subject = parser.parse_args().subject
    rules.register()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/newest.db")
        migrate.upgrade(database)
        migrate.write(database, subject, f"{int(migrate.newest() or 0) + 1:04d}")


if __name__ == "__main__":
    main()
