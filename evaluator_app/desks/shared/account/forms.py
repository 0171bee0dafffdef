"""What one fills in about one's own account."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from evaluator_app.sign_in.forms import PasswordForm
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l, locale
from people.models import User
from people.passwords import LONGEST


def regions() -> dict[str, str]:
    """Return the parts of the world that zones are listed by, in the page's language."""
    return {
        "Europe": _("Europe"),
        "Africa": _("Afrique"),
        "America": _("Amérique"),
        "Asia": _("Asie"),
        "Indian": _("Océan Indien"),
        "Atlantic": _("Atlantique"),
        "Pacific": _("Pacifique"),
        "Australia": _("Australie"),
    }


@lru_cache(maxsize=2)
def cities(language: str) -> dict[str, list[tuple[str, str]]]:
    """Return (zone, city) by part of the world, in the order of the cities' names."""
    regions: dict[str, list[tuple[str, str]]] = {}
    # CLDR's own zones: those of the time-zone database hold aliases and inventions as well.
    for zone in available_timezones() & get_global("zone_territories").keys():
        region = zone.split("/")[0]
        city = get_timezone_location(zone, locale=language, return_city=True)
        regions.setdefault(region, []).append((zone, city))
    for zones in regions.values():
        zones.sort(key=lambda pair: pair[1])
    return regions


class ProfileForm(Form):
    """Language and zone."""

    locale = SelectField(_l("Langue"), choices=[("fr", "Français"), ("en", "English")])
    timezone = SelectField(
        _l("Fuseau horaire"), description=_l("Vos rendez-vous sont écrits à l'heure de ce fuseau.")
    )

    def offer(self, user: User) -> None:
        """Fill in the zones, and what the account has."""
        listed = cities(locale())
        choices = {name: listed[region] for region, name in regions().items()}
        if not any(user.timezone == zone for zones in choices.values() for zone, _city in zones):
            choices = {"": [(user.timezone, user.timezone)], **choices}
        self.timezone.choices = choices
        if not self.is_submitted():
            self.locale.data, self.timezone.data = user.locale, user.timezone


class NameForm(Form):
    """The name that a member of staff goes by."""

    given_name = StringField(
        _l("Prénom"), [InputRequired(_l("Donnez votre prénom et votre nom.")), Length(max=80)]
    )
    family_name = StringField(
        _l("Nom de famille"),
        [InputRequired(_l("Donnez votre prénom et votre nom.")), Length(max=80)],
    )


class OwnPasswordForm(PasswordForm):
    """A new password, and the one before."""

    current = PasswordField(
        _l("Mot de passe ou code actuel"), [Optional(), Length(max=LONGEST * 4)]
    )


class DigitsForm(Form):
    """The digits that an application shows."""

    code = StringField(
        _l("Code à six chiffres"), [InputRequired(_l("Donnez le code.")), Length(max=40)]
    )
