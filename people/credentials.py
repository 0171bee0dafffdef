"""Changes of how somebody signs in: each is told to its owner, whoever made it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from kernel import audit, clock, links
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people import letters, locking, sessions
from people.models import User


class Change(StrEnum):
    """What changed of how somebody signs in."""

    PASSWORD = "password"  # noqa: S105 -- the name of a change
    FACTOR_SET = "factor_set"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_RESET = "factor_reset"
    CODES = "codes"


def tell(db: Session, settings: Settings, user: User, change: Change) -> None:
    """Write to `user` that this changed, and what to do if it was not them."""
    letters.to(
        db,
        user,
        "credential_changed",
        {
            "change": str(change),
            "at": clock.now().isoformat(),
            "link": links.address(settings, "recover"),
        },
    )


def reset_second_factor(db: Session, actor: Actor, settings: Settings, user: User) -> None:
    """Take away the second factor of a colleague who lost theirs; they are told, and signed out.

    Raises:
        Forbidden: the actor is no coordinator.
        Refused: it is the actor's own, or there is none.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    if user.id == actor.user_id:
        raise Refused(N_("Un autre coordinateur retire votre second facteur, pas vous-même."))
    if user.tf_totp_secret is None:
        raise Refused(N_("Ce compte n'a pas de second facteur."))
    forget_second_factor(user)
    locking.right_code(user)
    sessions.revoke_all(db, actor, user)
    audit.record(db, actor, "second_factor.reset", user)
    tell(db, settings, user, Change.FACTOR_RESET)


def forget_second_factor(user: User) -> None:
    """Keep nothing of a second factor."""
    user.tf_totp_secret = user.tf_primary_method = user.tf_last_counter = None
    user.mf_recovery_codes = None
