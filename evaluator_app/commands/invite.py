"""`viva coordinator invite EMAIL`: the first person of an empty installation, or another one."""

from __future__ import annotations

import sys
from argparse import Namespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluator_app.commands import secrets_check
from evaluator_app.live import pokes
from evaluator_app.wiring import migrate, rules, timekeeping
from kernel import addresses
from kernel.db import Database
from kernel.permissions import SYSTEM, Role
from kernel.settings import load
from people import entry
from people.inviting import Invitation, invite, send
from people.models import LinkPurpose, User


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
    with database.transaction() as db:
        user = _invited(db, arguments.email, settings.certifier)
        # The letter takes the link that was made since it was queued: both show the same one.
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.INVITATION)
    pokes.waker(settings)()
    print(f"{arguments.email} is invited as a coordinator. The same link goes by mail:\n{link}")
    return 0


def _invited(db: Session, email: str, inviter: str) -> User:
    """Return the coordinator whose invitation waits to be sent: new, or invited before in vain.

    Raises:
        Invalid: no address.
        Refused: it has an account of another role, or one that is open already.
    """
    known = db.scalar(select(User).where(User.email == addresses.checked(email)))
    if known is None or known.role is not Role.COORDINATOR:
        return invite(db, SYSTEM, Invitation(email=email, role=Role.COORDINATOR), inviter)
    send(db, SYSTEM, known, inviter)
    return known
