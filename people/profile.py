"""What people set for themselves: the language they read, the zone they live in."""

from __future__ import annotations

from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from kernel import audit
from kernel.errors import N_, Invalid
from kernel.i18n import Locale
from kernel.permissions import Actor
from people.models import User


def set_language_and_zone(
    db: Session, actor: Actor, user: User, *, locale: str, timezone: str
) -> None:
    """Keep the language of the actor's pages and letters, and the zone of their dates.

    Raises:
        Invalid: the product does not speak this language, or there is no such zone.
    """
    if locale not in set(Locale):
        raise Invalid(N_("Choisissez une langue."), "locale")
    if timezone not in available_timezones():
        raise Invalid(N_("Ce fuseau horaire n'existe pas."), "timezone")
    if (user.locale, user.timezone) != (locale, timezone):
        user.locale, user.timezone = locale, timezone
        audit.record(db, actor, "account.profile", user, locale=locale)
