"""What a coordinator fills in to import results from elsewhere."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from evaluator_app.form_base import Form
from evaluator_app.vocabulary import SKILLS
from evaluator_app.words import _, _l
from kernel.errors import N_, Invalid
from kernel.levels import LEVELS, Level
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import PLACES, By, Mapping
from written_test.questions.drafts import Skill


class SourceForm(Form):
    """A platform whose results come in."""

    name = StringField(_l("Nom de la plateforme"), [InputRequired(), Length(max=80)])


class UploadForm(Form):
    """A file of results, and where it comes from."""

    source = SelectField(_l("Source"), [InputRequired()], coerce=int)
    file = FileField(
        _l("Fichier de résultats"),
        [FileRequired()],
        description=_l("CSV, XLSX ou rapport QTI, 20 Mo et 100 000 lignes au plus."),
    )


class MappingForm(Form):
    """Which column is what."""

    candidate = SelectField(_l("Candidat"), default="")
    by = SelectField(
        _l("Cette colonne contient"),
        choices=[
            (By.EMAIL.value, _l("son adresse e-mail")),
            (By.CANDIDACY.value, _l("son numéro de candidature")),
            (By.DOSSIER.value, _l("sa référence de dossier")),
        ],
    )
    date = SelectField(_l("Date du test"), default="")
    level = SelectField(_l("Niveau"), default="")
    score = SelectField(_l("Score"), default="")
    reference = SelectField(
        _l("Référence du résultat"),
        default="",
        description=_l("Elle reconnaît un résultat déjà reçu. Sans elle : le candidat et la date."),
    )
    reason = StringField(
        _l("Motif des changements"),
        [Optional(), Length(max=300)],
        description=_l("Gardé avec chaque résultat qui a changé depuis le dernier import."),
    )

    def offer(self, columns: tuple[str, ...], mapping: Mapping) -> None:
        """Fill the columns of the file, and what is known of them."""
        choices = [("", _("Aucune")), *((name, name) for name in columns)]
        for place in PLACES:
            self[place].choices = choices
        for skill in Skill:
            self[f"skill_{skill}"].choices = choices
        if not self.is_submitted():
            for place in PLACES:
                self[place].data = getattr(mapping, place)
            self.by.data = mapping.by.value
            for skill in Skill:
                self[f"skill_{skill}"].data = mapping.skills.get(str(skill), "")
            for level in LEVELS:
                self[f"from_{level}"].data = str(mapping.table.get(level, ""))

    def mapping(self) -> Mapping:
        """Return what was filled in.

        Raises:
            Invalid: a least score that is no number.
        """
        return Mapping(
            **{place: self[place].data or "" for place in PLACES},
            by=By(self.by.data),
            skills={
                str(skill): name for skill in Skill if (name := self[f"skill_{skill}"].data or "")
            },
            table=self._table(),
        )

    def _table(self) -> dict[Level, Decimal]:
        found = {}
        for level in LEVELS:
            typed = (self[f"from_{level}"].data or "").strip()
            if not typed:
                continue
            least = cells.number(typed)
            if least is None:
                raise Invalid(
                    N_("« %(value)s » n'est pas un score."), f"from_{level}", value=typed[:40]
                )
            found[level] = least
        return found


for _skill in Skill:
    setattr(MappingForm, f"skill_{_skill}", SelectField(SKILLS[_skill], default=""))
for _level in LEVELS:
    setattr(MappingForm, f"from_{_level}", StringField(str(_level), [Optional(), Length(max=20)]))
