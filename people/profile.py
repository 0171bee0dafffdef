"""What people set for themselves: their name, the language they read, the zone they live in."""

from __future__ import annotations

from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from kernel import audit, names
from kernel.errors import N_, Invalid, Refused
from kernel.i18n import Locale
from kernel.permissions import Actor, Role
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


def set_name(db: Session, actor: Actor, user: User, *, given_name: str, family_name: str) -> None:
    """Keep the name that others read beside what this member of staff does.

    Raises:
        Refused: a candidate's name is that of their identity document.
        Invalid: a part of the name is missing.
    """
    if user.role is Role.CANDIDATE:
        raise Refused(N_("Le nom d'un candidat est celui de sa pièce d'identité."))
    given_name, family_name = names.name(given_name), names.name(family_name)
    for field, part in (("given_name", given_name), ("family_name", family_name)):
        if not part:
            raise Invalid(N_("Donnez votre prénom et votre nom."), field)
    if (user.given_name, user.family_name) != (given_name, family_name):
        user.given_name, user.family_name = given_name, family_name
        audit.record(db, actor, "account.name", user)
