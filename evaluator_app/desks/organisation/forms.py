"""What an organisation fills in."""

from __future__ import annotations

from datetime import timedelta

from wtforms import (
    DateField,
    EmailField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from enrolment.declared import AccessMode, Initiative
from enrolment.enrolling import Enrolment
from enrolment.fields import Field
from enrolment.models import Certification
from evaluator_app.desks.shared import zones
from evaluator_app.desks.shared.fields import (
    MultiCheckboxField,
    PlausibleDay,
    choices,
    strip,
    to_choose,
)
from evaluator_app.desks.shared.identity_form import IdentityForm
from evaluator_app.words import _, _l, locale
from evaluator_app.words.arrangements import ACCOMMODATIONS, TIME_FACTORS
from evaluator_app.words.vocabulary import ACCESS_MODES, INITIATIVES
from kernel import clock, exam_zone
from kernel.levels import TARGETS, Level


class EnrolForm(IdentityForm):
    """One candidate to enrol."""

    email = EmailField(_l("Adresse e-mail"), [InputRequired(), Length(max=200)], filters=[strip])
    locale = SelectField(
        _l("Langue des messages"), choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    timezone = SelectField(_l("Fuseau horaire"), choices=zones.choices, default=exam_zone.name)
    certification = SelectField(_l("Certification"), [InputRequired()], coerce=int)
    field = SelectField(
        _l("Domaine professionnel"), choices=lambda: [(f.value, f.label(locale())) for f in Field]
    )
    target_level = SelectField(
        _l("Niveau visé"),
        [InputRequired()],
        choices=lambda: to_choose((str(level), str(level)) for level in TARGETS),
    )
    window_start = DateField(_l("Début de l'accès"), [InputRequired(), PlausibleDay()])
    window_end = DateField(
        _l("Fin de l'accès"),
        [Optional(), PlausibleDay()],
        description=_l("Laissez vide pour la durée que prévoit la certification."),
    )
    accommodations = MultiCheckboxField(
        _l("Aménagements accordés"), choices=lambda: choices(ACCOMMODATIONS)
    )
    time_factor = SelectField(
        _l("Temps accordé"),
        coerce=float,
        choices=lambda: list(TIME_FACTORS.items()),
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
    access_mode = SelectField(
        _l("Modalité d'accès"),
        [InputRequired()],
        choices=lambda: to_choose(choices(ACCESS_MODES)),
    )
    initiative = SelectField(
        _l("Inscription à l'initiative de"),
        [InputRequired()],
        choices=lambda: to_choose(choices(INITIATIVES)),
    )
    enrolled_on = DateField(_l("Date d'inscription"), [Optional(), PlausibleDay()])

    def offer(self, certifications: list[Certification]) -> None:
        """Fill what the form offers, and the days that one would expect."""
        self.certification.choices = [(c.id, c.name(locale())) for c in certifications]
        if not self.is_submitted():
            self.window_start.data = self.enrolled_on.data = exam_zone.day_of(clock.now())

    def validate_window_end(self, field: DateField) -> None:
        """Refuse an end before the start."""
        if field.data and self.window_start.data and field.data < self.window_start.data:
            raise ValidationError(_("La fin de l'accès vient après son début."))

    def wish(self) -> Enrolment:
        """Return the enrolment that was filled in; days are those of the exam's zone."""
        start = self.window_start.data
        end = self.window_end.data
        return Enrolment(
            email=self.email.data or "",
            identity=self.identity(),
            target_level=Level(self.target_level.data),
            window_start=exam_zone.midnight(start),
            window_end=exam_zone.midnight(end + timedelta(days=1)) if end else None,
            professional_field=self.field.data,
            locale=self.locale.data,
            timezone=self.timezone.data,
            time_factor=self.time_factor.data,
            accommodations=list(self.accommodations.data or []),
            accommodation_note=self.accommodation_note.data or "",
            cpf_dossier=self.cpf_dossier.data or "",
            access_mode=AccessMode(self.access_mode.data),
            initiative=Initiative(self.initiative.data),
            enrolled_on=self.enrolled_on.data,
        )
