"""What an organisation fills in."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from enrolment.enrolling import Enrolment
from enrolment.fields import Field
from enrolment.identity import Identity
from enrolment.models import Candidate, Certification, Sex
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l, locale
from evaluator_app.words.vocabulary import ACCESS_MODES, ACCOMMODATIONS, INITIATIVES, SEXES, Words
from kernel import clock
from kernel.i18n import countries
from kernel.levels import TARGETS, Level
from kernel.names import kept

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc"))
FACTORS = {1.0: "1", 1.25: "5/4", 4 / 3: "4/3", 1.5: "3/2", 2.0: "2"}


def choices(words: Words) -> list[tuple[str, object]]:
    """Return what a select offers, in the page's language."""
    return [(str(value), word) for value, word in words.items()]


def strip(value: str | None) -> str | None:
    """Return a text as it is kept: composed, without what nobody sees; see `kernel.names`."""
    return kept(value) if value else value


class PlausibleDay:
    """Refuse a day that no calendar of ours reaches; a typing slip, or somebody trying."""

    def __call__(self, _form: Form, field: DateField) -> None:
        """Check `field`, a day or a day with its hour.

        Raises:
            ValidationError: it lies before 1900 or after 2199.
        """
        if field.data and not 1900 <= field.data.year < 2200:
            raise ValidationError(_("Cette date n'est pas plausible."))


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


class MultiCheckboxField(SelectMultipleField):
    """Several ticks of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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
    sex = SelectField(_l("Sexe à l'état civil"), [InputRequired()], choices=lambda: choices(SEXES))
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


class EnrolForm(IdentityForm):
    """One candidate to enrol."""

    email = EmailField(_l("Adresse e-mail"), [InputRequired(), Length(max=200)], filters=[strip])
    locale = SelectField(
        _l("Langue des messages"), choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    timezone = SelectField(_l("Fuseau horaire"), choices=ZONES, default="Europe/Paris")
    certification = SelectField(_l("Certification"), [InputRequired()], coerce=int)
    field = SelectField(
        _l("Domaine professionnel"), choices=lambda: [(f.value, f.label(locale())) for f in Field]
    )
    target_level = SelectField(
        _l("Niveau visé"),
        [InputRequired()],
        choices=[(str(v), str(v)) for v in TARGETS],
        default="B2",
    )
    window_start = DateField(_l("Début de l'accès"), [InputRequired(), PlausibleDay()])
    window_end = DateField(
        _l("Fin de l'accès"),
        [Optional(), PlausibleDay()],
        description=_l("Par défaut, un mois après le début."),
    )
    accommodations = MultiCheckboxField(
        _l("Aménagements accordés"), choices=lambda: choices(ACCOMMODATIONS)
    )
    time_factor = SelectField(
        _l("Facteur de temps"),
        coerce=float,
        choices=[(factor, f"× {word}") for factor, word in FACTORS.items()],
        default=1.0,
    )
    accommodation_note = TextAreaField(
        _l("Ce que l'évaluateur doit faire"),
        [Optional(), Length(max=500)],
        filters=[strip],
        description=_l("Des gestes, jamais un diagnostic."),
    )
    cpf_dossier = StringField(
        _l("Numéro de dossier CPF"), [Optional(), Length(max=13)], filters=[strip]
    )
    access_mode = SelectField(_l("Modalité d'accès"), choices=lambda: choices(ACCESS_MODES))
    initiative = SelectField(
        _l("Inscription à l'initiative de"), choices=lambda: choices(INITIATIVES)
    )
    enrolled_on = DateField(_l("Date d'inscription"), [Optional(), PlausibleDay()])

    def offer(self, certifications: list[Certification]) -> None:
        """Fill what the form offers, and the days that one would expect."""
        self.certification.choices = [(c.id, c.name(locale())) for c in certifications]
        if not self.is_submitted():
            self.window_start.data = self.enrolled_on.data = clock.now().date()

    def validate_window_end(self, field: DateField) -> None:
        """Refuse an end before the start."""
        if field.data and self.window_start.data and field.data < self.window_start.data:
            raise ValidationError(_("La fin de l'accès vient après son début."))

    def wish(self) -> Enrolment:
        """Return the enrolment that was filled in; days are those of Paris."""
        start = self.window_start.data
        end = self.window_end.data
        return Enrolment(
            email=self.email.data or "",
            identity=self.identity(),
            target_level=Level(self.target_level.data),
            window_start=_midnight(start),
            window_end=_midnight(end + timedelta(days=1)) if end else None,
            professional_field=self.field.data,
            locale=self.locale.data,
            timezone=self.timezone.data,
            time_factor=self.time_factor.data,
            accommodations=list(self.accommodations.data or []),
            accommodation_note=self.accommodation_note.data or "",
            cpf_dossier=self.cpf_dossier.data or "",
            access_mode=self.access_mode.data,
            initiative=self.initiative.data,
            enrolled_on=self.enrolled_on.data,
        )


def _midnight(day: datetime) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("Europe/Paris")).astimezone(UTC)
