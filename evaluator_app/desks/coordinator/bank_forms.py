"""What a coordinator fills in about banks of questions."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import request
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from enrolment.fields import Field
from evaluator_app.desks.shared.fields import strip
from evaluator_app.web.form_base import Form
from evaluator_app.words import _l, locale
from evaluator_app.words.vocabulary import SKILLS
from kernel.levels import LEVELS, Level
from people.languages import Language
from written_test.items.bank_queries import ALIVE, Filters, Sort
from written_test.items.banks import MOST_NAME
from written_test.items.calibrating import MOST_SOURCE, Table
from written_test.items.importing import Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Bank, ItemState
from written_test.questions.drafts import THIRDS, Skill
from written_test.questions.kinds import Kind

E = TypeVar("E", bound=StrEnum)


class BankForm(Form):
    """A new bank."""

    name = StringField(_l("Nom"), [InputRequired(), Length(max=MOST_NAME)], filters=[strip])
    language = SelectField(
        _l("Langue évaluée"),
        choices=lambda: [(v.value, v.label(locale()).capitalize()) for v in Language],
        description=_l("Celle de toutes ses questions. Elle ne se change plus ensuite."),
    )


class ImportForm(Form):
    """A file of questions, and what to take for those that do not say it."""

    file = FileField(
        _l("Fichier"),
        [FileRequired(_l("Choisissez un fichier."))],
        description=_l("QTI (zip ou xml), Moodle XML, GIFT, CSV ou XLSX ; 20 Mo au plus."),
    )
    skill = SelectField(_l("Compétence"))
    level = SelectField(_l("Niveau"))
    field = SelectField(_l("Domaine professionnel"))

    def offer(self) -> None:
        """Fill the choices, in the page's language."""
        self.skill.choices = [("", _l("Aucune : le fichier la dit")), *SKILLS.items()]
        self.level.choices = [
            ("", _l("Aucun : le fichier le dit")),
            *((third, third) for third in THIRDS),
        ]
        self.field.choices = [(field.value, field.label(locale())) for field in Field]

    def upload(self, bank: Bank) -> Upload:
        """Return what was sent."""
        skill = Skill(self.skill.data) if self.skill.data else None
        defaults = Defaults(bank.language, skill, self.level.data, Field(self.field.data))
        return Upload(self.file.data.filename or "?", self.file.data.read(), defaults)


class ParametersForm(Form):
    """A file of parameters, and where they come from if it does not say."""

    file = FileField(
        _l("Fichier"),
        [FileRequired(_l("Choisissez un fichier."))],
        description=_l(
            "CSV ou XLSX. Colonnes : code, a, b, c ; et se_a, se_b, se_c, answers (réponses), "
            "source, part, si vous les avez."
        ),
    )
    source = StringField(
        _l("Source"),
        [Length(max=MOST_SOURCE)],
        filters=[strip],
        description=_l(
            "Qui a mesuré, quand, sur quoi : « Étude de mars 2026, université de Lille ». Inutile "
            "si une colonne le dit."
        ),
    )

    def table(self) -> Table:
        """Return what was sent."""
        return Table(self.file.data.filename or "?", self.file.data.read(), self.source.data or "")


def _member(of: type[E], word: str | None) -> E | None:
    try:
        return of(word) if word else None
    except ValueError:
        return None


def _states(word: str) -> frozenset[ItemState]:
    if word == "all":
        return frozenset(ItemState)
    return frozenset({ItemState(word)}) if word in set(ItemState) else ALIVE


def filters_of(args: MultiDict[str, str] | None = None) -> Filters:
    """Return the filters that an address names; what is unknown filters nothing."""
    args = request.args if args is None else args
    level = _member(Level, args.get("level"))
    return Filters(
        kind=_member(Kind, args.get("kind")),
        skill=_member(Skill, args.get("skill")),
        level=level if level in LEVELS else None,
        field=_member(Field, args.get("field")),
        states=_states(args.get("state", "")),
        uncalibrated=args.get("calibration") == "none",
        words=args.get("q", "")[:120],
        sort=_member(Sort, args.get("sort", "").removeprefix("-")) or Sort.CODE,
        down=args.get("sort", "").startswith("-"),
    )
