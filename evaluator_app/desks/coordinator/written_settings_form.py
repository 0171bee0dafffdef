"""What a coordinator fills in about the written test of a certification."""

from __future__ import annotations

import math
from typing import Any

from flask_babel.speaklater import LazyString
from wtforms import Field, FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l, locale
from evaluator_app.words.vocabulary import SKILLS
from kernel.levels import LEVELS
from written_test.blueprints import BOUNDS, IN_PERCENT, USUAL
from written_test.items.bank_queries import BankRow
from written_test.models import Blueprint
from written_test.questions.drafts import Skill


class LocalFloat(FloatField):  # type: ignore[misc]  # wtforms has no types
    """A number that may be typed with a comma, and is shown as the language writes it."""

    data: float | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a comma as a point, and a typographical minus as a plain one."""
        super().process_formdata([text.replace(",", ".").replace("−", "-") for text in valuelist])
        if self.data is not None and not math.isfinite(self.data):
            self.data = None
            raise ValueError(_("Écrivez un nombre."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{self.data:g}".replace(".", "," if locale() == "fr" else ".")


def _unit(name: str) -> int:
    return 100 if name in IN_PERCENT else 1


def _number(name: str, label: LazyString, description: LazyString) -> IntegerField:
    least, most, _message = BOUNDS[name]
    between = NumberRange(round(least * _unit(name)), round(most * _unit(name)))
    return IntegerField(label, [InputRequired(), between], description=description)


def _share(skill: Skill) -> IntegerField:
    return IntegerField(SKILLS[skill], [InputRequired(), NumberRange(0, 100)])


class BlueprintForm(Form):
    """The written test of a certification; shares, certainty and exposure in percent."""

    bank = SelectField(_l("Banque de questions"), coerce=int)
    share_vocabulary = _share(Skill.VOCABULARY)
    share_grammar = _share(Skill.GRAMMAR)
    share_expressions = _share(Skill.EXPRESSIONS)
    share_reading = _share(Skill.READING)
    shortest = _number("shortest", _l("Le plus court"), _l("En questions, au moins."))
    longest = _number("longest", _l("Le plus long"), _l("En questions, au plus."))
    confidence = _number(
        "confidence",
        _l("Certitude du niveau"),
        _l("En %. Le test s'arrête dès qu'un niveau est aussi probable."),
    )
    minutes = _number(
        "minutes",
        _l("Temps total"),
        _l("En minutes, au plus ; le temps supplémentaire s'y ajoute."),
    )
    swaps = _number(
        "swaps",
        _l("Questions remplacées"),
        _l("Au plus, par test. Au-delà de deux, le niveau trouvé est trop haut."),
    )
    lost_seconds = _number(
        "lost_seconds",
        _l("Connexion perdue : arrêt du temps"),
        _l("En secondes, au plus, pour tout le test."),
    )
    exposure_most = _number(
        "exposure_most",
        _l("Exposition la plus haute"),
        _l(
            "En %. Part des candidats qui voient une même question, au plus. Compte à la "
            "prochaine mise en service de la banque."
        ),
    )
    pilot_share = _number(
        "pilot_share",
        _l("Questions à l'essai"),
        _l(
            "En %. Part moyenne des questions montrées qui ne comptent pas et servent à mesurer "
            "leurs paramètres. Elles s'ajoutent aux autres, et à leur temps."
        ),
    )
    cut_1 = LocalFloat("A1", [InputRequired()])
    cut_2 = LocalFloat("A2", [InputRequired()])
    cut_3 = LocalFloat("B1", [InputRequired()])
    cut_4 = LocalFloat("B2", [InputRequired()])
    cut_5 = LocalFloat("C1", [InputRequired()])
    cut_6 = LocalFloat("C2", [InputRequired()])

    @property
    def cuts(self) -> list[Field]:
        """Return the six fields of where levels begin."""
        return [self[f"cut_{place}"] for place, _level in enumerate(LEVELS, 1)]

    @property
    def shares(self) -> list[Field]:
        """Return the four fields of shares."""
        return [self[f"share_{skill}"] for skill in Skill]

    def offer(self, banks: list[BankRow]) -> None:
        """Fill the banks to choose from."""
        self.bank.choices = [(row.bank.id, row.bank.name) for row in banks]

    def fill(self, blueprint: Blueprint | None) -> None:
        """Show a blueprint as it stands, or the usual one."""
        if blueprint is not None:
            self.bank.data = blueprint.bank_id
        known = {
            name: getattr(blueprint, name) if blueprint else usual for name, usual in USUAL.items()
        }
        for name in BOUNDS:
            self[name].data = round(known[name] * _unit(name))
        for skill, field in zip(Skill, self.shares, strict=True):
            field.data = round(100 * known["shares"].get(skill, 0))
        for field, cut in zip(self.cuts, known["cuts"], strict=True):
            field.data = cut

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as a blueprint keeps it."""
        return {
            **{name: self[name].data / _unit(name) for name in IN_PERCENT},
            **{name: self[name].data for name in BOUNDS if name not in IN_PERCENT},
            "shares": {
                str(skill): field.data / 100
                for skill, field in zip(Skill, self.shares, strict=True)
            },
            "cuts": [field.data for field in self.cuts],
        }
