"""`viva policy|grid show|publish`, `viva content …`: what is published as JSON, and a next one."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from sqlalchemy.orm import Session

from evaluator_app.commands.given import why
from evaluator_app.wiring import rules, timekeeping
from kernel.db import Database
from kernel.permissions import SYSTEM, Actor
from kernel.published import Published
from kernel.settings import load
from results import policies
from results.policy import Policy, read_policy
from rooms import content_sets
from rooms.library import OralContent
from rubrics import publishing
from rubrics.library import Grid

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """One kind of published thing: its words in refusals, and how it goes out and comes in."""

    whole: str
    called: str
    show: Callable[[Session, str], Mapping[str, Any]]
    read: Callable[[bytes], T]
    publish: Callable[[Session, Actor, T], Published]


def _policy(db: Session, actor: Actor, policy: Policy) -> Published:
    """Publish a rule for the newest grid."""
    return policies.publish(db, actor, policy, publishing.in_force(db, None))


KINDS: Final[Mapping[str, Kind[Any]]] = {
    "policy": Kind[Policy](
        "the rule",
        "decision rule",
        lambda db, name: policies.read(policies.published(db, name)).as_json(),
        lambda data: read_policy(json.loads(data.decode("utf-8"))),
        _policy,
    ),
    "grid": Kind[Grid](
        "the grid",
        "grid",
        lambda db, name: publishing.read(publishing.GRIDS.published(db, name)).as_json(),
        Grid.model_validate_json,
        publishing.publish,
    ),
    "content": Kind[OralContent](
        "the set",
        "set of content",
        lambda db, name: content_sets.read(content_sets.published(db, name)),
        OralContent.model_validate_json,
        content_sets.publish,
    ),
}


def run(arguments: Namespace) -> int:
    """Print what was published under a name, or publish what a file holds."""
    kind = KINDS[arguments.group]
    settings = load()
    timekeeping.follow(settings)
    rules.register()
    database = Database(settings.database)
    if hasattr(arguments, "name"):
        with database.session(read_only=True) as db:
            content = kind.show(db, arguments.name)
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return 0
    try:
        given = kind.read(Path(arguments.file).read_bytes())
    except (OSError, ValueError) as error:
        reason = why(error, kind.whole)
        print(f"viva: {arguments.file} is no {kind.called}: {reason}", file=sys.stderr)
        return 1
    with database.transaction() as db:
        row = kind.publish(db, SYSTEM, given)
        print(f"{row.name} is published: {row.digest}")
    return 0
