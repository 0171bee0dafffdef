"""What a coordinator fills in."""

from __future__ import annotations

from datetime import UTC, datetime

from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from enrolment.catalogue import NAMES, NUMBERS, Offer
from enrolment.models import SECOND_FOR, Certification
from evaluator_app.desks.shared.fields import MultiCheckboxField, PlausibleDay, to_choose
from evaluator_app.web.form_base import Form
from evaluator_app.words import _l, locale
from kernel import exam_zone, i18n
from kernel.levels import Level
from people.languages import Language
from people.models import User
from scheduling.models import Appointment


class AppointmentForm(Form):
    """When, and with whom; hours are those of the exam's zone."""

    evaluator = SelectField(_l("Évaluateur"), [InputRequired()], coerce=int)
    starts_at = DateTimeLocalField(_l("Jour et heure"), [InputRequired(), PlausibleDay()])
    outside = BooleanField(_l("L'évaluateur est d'accord : placer à cette heure"))
    reason = StringField(_l("Motif"), [Optional(), Length(max=300)])
    asks = ""
    """Why the hour must be confirmed; nothing where it need not."""

    def offer(self, evaluators: list[User], appointment: Appointment | None) -> None:
        """Fill who may examine, and where the appointment stands."""
        self.evaluator.choices = [(e.id, e.name) for e in evaluators]
        clock = i18n.clock_of(exam_zone.name(), locale())
        self.starts_at.description = f"{i18n.capital(clock)}."
        if appointment is not None and not self.is_submitted():
            self.evaluator.data = appointment.evaluator_id
            self.starts_at.data = appointment.starts_at.astimezone(exam_zone.zone()).replace(
                tzinfo=None
            )

    def moment(self) -> datetime:
        """Return the moment that was filled in, in UTC."""
        typed: datetime = self.starts_at.data
        return typed.replace(tzinfo=exam_zone.zone()).astimezone(UTC)


class WrittenForm(Form):
    """The level of the written part."""

    level = SelectField(_l("Niveau écrit"), [InputRequired()])
    reason = StringField(
        _l("Motif"),
        [Optional(), Length(max=300)],
        description=_l("Demandé quand un niveau déjà entré change."),
    )

    def offer(self, current: Level | None) -> None:
        """Fill the levels, in the page's language."""
        self.level.choices = to_choose((level.value, level.label(locale())) for level in Level)
        if current is not None and not self.is_submitted():
            self.level.data = current.value


class OfferForm(Form):
    """A certification on offer; times in minutes."""

    code = StringField(
        _l("Code"),
        [InputRequired(), Length(max=20)],
        description=_l("Capitales, chiffres, tirets : ANG-PRO."),
    )
    name_fr = StringField(
        _l("Nom en français"),
        [InputRequired(), Length(max=120)],
        description=_l("Tel qu'on le lit après « certification » : Anglais professionnel."),
    )
    name_en = StringField(_l("Nom en anglais"), [InputRequired(), Length(max=120)])
    language = SelectField(
        _l("Langue évaluée"),
        choices=lambda: [(v.value, v.label(locale()).capitalize()) for v in Language],
    )
    soft_1 = IntegerField(_l("Questions : prévu"), [InputRequired(), NumberRange(1, 60)], default=4)
    hard_1 = IntegerField(
        _l("Questions : limite"), [InputRequired(), NumberRange(1, 60)], default=5
    )
    soft_2 = IntegerField(
        _l("Mise en situation : prévu"), [InputRequired(), NumberRange(1, 60)], default=7
    )
    hard_2 = IntegerField(
        _l("Mise en situation : limite"), [InputRequired(), NumberRange(1, 60)], default=8
    )
    soft_3 = IntegerField(
        _l("Discussion : prévu"), [InputRequired(), NumberRange(1, 60)], default=7
    )
    hard_3 = IntegerField(
        _l("Discussion : limite"), [InputRequired(), NumberRange(1, 60)], default=7
    )
    slot_minutes = IntegerField(
        _l("Durée de l'oral"),
        [InputRequired(), NumberRange(10, 180)],
        default=20,
        description=_l(
            "En minutes, au moins les limites des trois parties ensemble. Le temps de notation de "
            "chaque évaluateur s'y ajoute."
        ),
    )
    booking_notice_hours = IntegerField(
        _l("Délai pour réserver"),
        [InputRequired(), NumberRange(0, 336)],
        default=24,
        description=_l("En heures, au moins, avant l'oral."),
    )
    moving_notice_hours = IntegerField(
        _l("Délai pour déplacer ou annuler"),
        [InputRequired(), NumberRange(0, 336)],
        default=24,
        description=_l(
            "En heures, au moins, avant l'oral ; plus tard, seulement par force majeure."
        ),
    )
    window_days = IntegerField(
        _l("Période d'accès"),
        [InputRequired(), NumberRange(1, 730)],
        default=31,
        description=_l("En jours, quand l'organisme n'en fixe pas la fin."),
    )
    pause_minutes = IntegerField(
        _l("Connexion perdue : arrêt du temps"),
        [InputRequired(), NumberRange(0, 60)],
        default=10,
        description=_l("En minutes, au plus, pour tout l'oral."),
    )
    rebooking_days = IntegerField(
        _l("Après une défaillance technique"),
        [InputRequired(), NumberRange(1, 365)],
        default=14,
        description=_l("En jours, au moins, pour un autre rendez-vous."),
    )
    results_days = IntegerField(
        _l("Résultats attendus"),
        [InputRequired(), NumberRange(1, 90)],
        default=10,
        description=_l(
            "En jours après l'oral, au plus : les candidats lisent la date. Une seconde notation "
            "la reporte d'autant."
        ),
    )

    second_for = MultiCheckboxField(
        _l("Seconde notation demandée quand"),
        choices=[
            ("boundary", _l("la moyenne est près de la limite du niveau visé")),
            ("discrepancy", _l("l'oral et l'écrit sont à un niveau d'écart ou plus")),
            ("rater", _l("l'évaluateur débute, ou ses notations s'écartent")),
            ("incident", _l("un incident a été signalé")),
            ("sample", _l("le sort a désigné l'oral")),
        ],
        default=list(SECOND_FOR),
    )
    second_share = IntegerField(
        _l("Part tirée au sort"),
        [InputRequired(), NumberRange(0, 100)],
        default=10,
        description=_l("En oraux sur cent."),
    )
    second_days = IntegerField(
        _l("Délai pour noter en second"),
        [InputRequired(), NumberRange(1, 60)],
        default=5,
        description=_l("En jours, à partir de la demande."),
    )
    second_new_below = IntegerField(
        _l("Un évaluateur débute pendant"),
        [InputRequired(), NumberRange(0, 1000)],
        default=10,
        description=_l("En oraux notés."),
    )

    def fill(self, certification: Certification) -> None:
        """Show a certification as it stands."""
        for name in ("code", *NAMES, *NUMBERS):
            self[name].data = getattr(certification, name)
        self.language.data = str(certification.language)
        self.second_for.data = list(certification.second_for)
        for part in (1, 2, 3):
            self[f"soft_{part}"].data = certification.part_soft_s[part - 1] // 60
            self[f"hard_{part}"].data = certification.part_hard_s[part - 1] // 60

    def offer(self) -> Offer:
        """Return what was filled in."""
        return Offer(
            code=(self.code.data or "").strip().upper(),
            name_fr=self.name_fr.data or "",
            name_en=self.name_en.data or "",
            language=Language(self.language.data),
            second_for=tuple(self.second_for.data or ()),
            part_soft_s=(self.soft_1.data * 60, self.soft_2.data * 60, self.soft_3.data * 60),
            part_hard_s=(self.hard_1.data * 60, self.hard_2.data * 60, self.hard_3.data * 60),
            **{name: self[name].data for name in NUMBERS},
        )
