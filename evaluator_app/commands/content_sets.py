"""`viva content show|publish`: a set of content as JSON, and a next one to choose from."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from evaluator_app.commands.given import why
from evaluator_app.wiring import rules, timekeeping
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import load
from rooms import content_sets
from rooms.library import OralContent


def run(arguments: Namespace) -> int:
    """Print a published set, or publish the one of a file."""
    settings = load()
    timekeeping.follow(settings)
    rules.register()
    database = Database(settings.database)
    if hasattr(arguments, "name"):
        with database.session(read_only=True) as db:
            content = content_sets.read(content_sets.published(db, arguments.name))
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return 0
    try:
        given = OralContent.model_validate_json(Path(arguments.file).read_bytes())
    except (OSError, ValueError) as error:
        reason = why(error, "the set")
        print(f"viva: {arguments.file} is no set of content: {reason}", file=sys.stderr)
        return 1
    with database.transaction() as db:
        row = content_sets.publish(db, SYSTEM, given)
        print(f"{row.name} is published: {row.digest}")
    return 0
