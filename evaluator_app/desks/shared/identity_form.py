"""A candidate's identity, as the documents will bear it: filled in, corrected."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from enrolment.declared import Sex
from enrolment.identity import Identity
from enrolment.models import Candidate
from evaluator_app.desks.shared.fields import (
    PlausibleDay,
    choices,
    strip,
    to_choose,
)
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l, locale
from evaluator_app.words.vocabulary import SEXES
from kernel.i18n import countries


class FirstNames:
    """Ask for first names, unless the document has one name alone: `one_name` of the same form."""

    def __call__(self, form: Form, field: StringField) -> None:
        """Check `field`.

        Raises:
            ValidationError: neither first names nor one name alone, or both.
        """
        if bool(field.data) is bool(form["one_name"].data):
            raise ValidationError(
                _("Laissez les prénoms vides, ou décochez la case « un nom, sans prénom ».")
                if field.data
                else _("Donnez les prénoms, ou cochez la case si la pièce n'en porte pas.")
            )


class IdentityForm(Form):
    """The identity that the documents will bear."""

    birth_name = StringField(
        _l("Nom de naissance"), [InputRequired(), Length(max=60)], filters=[strip]
    )
    used_name = StringField(
        _l("Nom d'usage"),
        [Optional(), Length(max=60)],
        filters=[strip],
        description=_l("S'il diffère du nom de naissance."),
    )
    first_names = StringField(
        _l("Prénoms"),
        [FirstNames(), Length(max=80)],
        filters=[strip],
        description=_l("Tous les prénoms, dans l'ordre de la pièce d'identité."),
    )
    one_name = BooleanField(
        _l("La pièce d'identité ne porte qu'un nom, sans prénom"),
        description=_l("Écrivez-le comme nom de naissance."),
    )
    sex = SelectField(
        _l("Sexe à l'état civil"), [InputRequired()], choices=lambda: to_choose(choices(SEXES))
    )
    birth_date = DateField(_l("Date de naissance"), [InputRequired(), PlausibleDay()])
    birth_country = SelectField(
        _l("Pays de naissance"),
        [InputRequired()],
        choices=lambda: list(countries(locale())),
        default="FR",
    )
    birth_place = StringField(
        _l("Commune de naissance"), [Optional(), Length(max=80)], filters=[strip]
    )
    birth_commune_code = StringField(
        _l("Code INSEE de la commune"),
        [Optional(), Regexp(r"^[0-9AaBb]{5}$")],
        filters=[strip],
        description=_l("Cinq caractères ; pour la France seulement."),
    )

    def identity(self) -> Identity:
        """Return what was filled in."""
        return Identity(
            birth_name=self.birth_name.data or "",
            used_name=self.used_name.data or "",
            first_names=self.first_names.data or "",
            sex=Sex(self.sex.data),
            birth_date=self.birth_date.data,
            birth_country=self.birth_country.data,
            birth_place=self.birth_place.data or "",
            birth_commune_code=(self.birth_commune_code.data or "").upper(),
        )

    def keep_commune_code(self, candidate: Candidate) -> None:
        """Leave the code as it is kept while the commune is the same: candidates do not know it."""
        place = self.birth_country.data, self.birth_place.data or ""
        same = place == (candidate.birth_country, candidate.birth_place)
        self.birth_commune_code.data = candidate.birth_commune_code if same else ""

    def fill(self, candidate: Candidate) -> None:
        """Show the identity as it stands."""
        for name in (
            "birth_name",
            "used_name",
            "first_names",
            "birth_date",
            "birth_country",
            "birth_place",
            "birth_commune_code",
        ):
            self[name].data = getattr(candidate, name)
        self.sex.data = str(candidate.sex)
        self.one_name.data = not candidate.first_names
