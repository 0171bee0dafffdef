"""What one fills in about one's own account."""

from __future__ import annotations

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from evaluator_app.desks.shared import zones
from evaluator_app.sign_in.forms import PasswordForm
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l
from kernel.permissions import Role
from people.models import User
from people.passwords import LONGEST


class ProfileForm(Form):
    """Language and zone."""

    locale = SelectField(_l("Langue"), choices=[("fr", "Français"), ("en", "English")])
    timezone = SelectField(
        _l("Fuseau horaire"), description=_l("Vos rendez-vous sont écrits à l'heure de ce fuseau.")
    )

    def offer(self, user: User) -> None:
        """Fill in the zones, and what the account has."""
        self.timezone.choices = zones.choices(user.timezone)
        if user.role == Role.COORDINATOR:
            self.timezone.description = _(
                "Vos e-mails disent l'heure de ce fuseau ; les pages, l'heure de l'examen."
            )
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
