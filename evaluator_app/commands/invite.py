"""`viva coordinator invite EMAIL`: the first person of an empty installation, or another one."""

from __future__ import annotations

import sys
from argparse import Namespace

from evaluator_app.commands import secrets_check
from evaluator_app.live import pokes
from evaluator_app.wiring import migrate, rules, timekeeping
from kernel.db import Database
from kernel.permissions import SYSTEM, Role
from kernel.settings import load
from people import entry
from people.inviting import Invitation, invite
from people.models import LinkPurpose


def run(arguments: Namespace) -> int:
    """Open the account, queue the invitation, and print its link for whoever has no mail yet."""
    settings = load()
    if faults := secrets_check.faults(settings):
        print("\n".join(faults), file=sys.stderr)
        return 1
    timekeeping.follow(settings)
    rules.register()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate.upgrade(database)
    wish = Invitation(email=arguments.email, role=Role.COORDINATOR)
    with database.transaction() as db:
        user = invite(db, SYSTEM, wish, inviter=settings.certifier)
        # The letter takes the link that was made since it was queued: both show the same one.
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.INVITATION)
    pokes.waker(settings)()
    print(f"{arguments.email} is invited as a coordinator. The same link goes by mail:\n{link}")
    return 0
