"""What somebody fills in to come in, or to choose a password."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from evaluator_app.web.form_base import Form
from evaluator_app.words import _l
from people.passwords import LONGEST


class LoginForm(Form):
    """Who, and their secret."""

    email = EmailField(
        _l("Adresse e-mail"), [InputRequired(_l("Donnez votre adresse e-mail.")), Length(max=200)]
    )
    password = PasswordField(
        _l("Mot de passe ou code d'accès"),
        [InputRequired(_l("Donnez votre mot de passe.")), Length(max=LONGEST * 4)],
    )


class CodeForm(Form):
    """The second factor."""

    code = StringField(
        _l("Code à six chiffres"), [InputRequired(_l("Donnez le code.")), Length(max=40)]
    )


class ForgottenForm(Form):
    """Whose password is lost."""

    email = EmailField(
        _l("Adresse e-mail"), [InputRequired(_l("Donnez votre adresse e-mail.")), Length(max=200)]
    )


class LinkForm(Form):
    """Which candidate asks for a link."""

    email = EmailField(
        _l("Adresse e-mail de votre inscription"),
        [InputRequired(_l("Donnez votre adresse e-mail.")), Length(max=200)],
    )


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("Nouveau mot de passe"),
        [InputRequired(_l("Choisissez un mot de passe."))],
        description=_l(
            "12 caractères ou plus. Quelques mots à vous, avec des espaces, conviennent bien."
        ),
    )
    again = PasswordField(
        _l("Confirmez le mot de passe"),
        [
            InputRequired(_l("Écrivez-le une seconde fois.")),
            EqualTo("password", _l("Les deux ne sont pas les mêmes.")),
        ],
    )
