"""`viva policy show|publish`: a decision rule as JSON, and a next one to choose from."""

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
from results import policies
from results.policy import read_policy
from rubrics import publishing


def run(arguments: Namespace) -> int:
    """Print a published rule, or publish the one of a file for the newest grid."""
    settings = load()
    timekeeping.follow(settings)
    rules.register()
    database = Database(settings.database)
    if hasattr(arguments, "name"):
        with database.session(read_only=True) as db:
            policy = policies.read(policies.published(db, arguments.name))
        print(json.dumps(policy.as_json(), indent=2))
        return 0
    try:
        policy = read_policy(json.loads(Path(arguments.file).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        reason = why(error, "the rule")
        print(f"viva: {arguments.file} is no decision rule: {reason}", file=sys.stderr)
        return 1
    with database.transaction() as db:
        row = policies.publish(db, SYSTEM, policy, publishing.in_force(db, None))
        print(f"{row.name} is published: {row.digest}")
    return 0
