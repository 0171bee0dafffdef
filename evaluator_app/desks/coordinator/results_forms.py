"""What a coordinator fills in to import results from elsewhere."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l
from evaluator_app.words.vocabulary import SKILLS
from kernel.errors import N_, Invalid
from kernel.levels import LEVELS, Level
from kernel.tables.table import Choices, Table
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import PLACES, DayOrder, Mapping, NamedBy
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


SIGNS: dict[str, object] = {
    ";": _l("Point-virgule"),
    ",": _l("Virgule"),
    "tab": _l("Tabulation"),
    "|": _l("Barre verticale"),
}
LETTERS: dict[str, object] = {
    "utf-8": "UTF-8",
    "cp1252": _l("Windows, Europe de l'Ouest"),
    "mac_roman": "Mac",
    "cp850": "MS-DOS",
    "cp1250": _l("Windows, Europe centrale"),
    "iso8859-2": _l("ISO, Europe centrale"),
    "cp1251": _l("Windows, cyrillique"),
    "cp1253": _l("Windows, grec"),
    "cp1254": _l("Windows, turc"),
}


class ReadingForm(Form):
    """How a file is read, where it can be read in several ways; it changes nothing."""

    class Meta(Form.Meta):
        """Sent by GET, and kept in the address."""

        csrf = False

    sheet = SelectField(_l("Feuille"), default="", validate_choice=False)
    header = IntegerField(_l("Ligne des titres"), [Optional(), NumberRange(1, 10**7)])
    separator = SelectField(
        _l("Séparateur"),
        default="",
        choices=lambda: list(SIGNS.items()),
        validate_choice=False,
    )
    encoding = SelectField(
        _l("Encodage"),
        default="",
        choices=lambda: [("", _("À choisir")), *LETTERS.items()],
        validate_choice=False,
    )

    def chosen(self) -> Choices:
        """Return what was chosen; what makes no sense is not."""
        separator = self.separator.data or ""
        return Choices(
            sheet=self.sheet.data or "",
            header=self.header.data if self.header.data and self.header.data > 0 else 0,
            separator="\t" if separator == "tab" else separator if separator in SIGNS else "",
            encoding=self.encoding.data if self.encoding.data in LETTERS else "",
        )

    def show(self, table: Table) -> None:
        """Show how the table was read."""
        self.sheet.choices = [(name, name) for name in table.sheets]
        self.sheet.data = table.read_as.sheet
        self.header.data = table.header
        self.separator.data = table.read_as.separator.replace("\t", "tab")
        self.encoding.data = "" if table.doubts else table.read_as.encoding


class MappingForm(Form):
    """Which column is what."""

    candidate = SelectField(_l("Candidat"), default="")
    by = SelectField(
        _l("Cette colonne contient"),
        choices=[
            (NamedBy.EMAIL.value, _l("son adresse e-mail")),
            (NamedBy.CANDIDACY.value, _l("son numéro de candidature")),
            (NamedBy.DOSSIER.value, _l("sa référence de dossier")),
        ],
    )
    date = SelectField(_l("Date du test"), default="")
    order = SelectField(
        _l("Ordre du jour et du mois"),
        choices=[
            (DayOrder.FOUND.value, _l("celui de la colonne")),
            (DayOrder.DAY.value, _l("jour, mois, année")),
            (DayOrder.MONTH.value, _l("mois, jour, année")),
        ],
        default=DayOrder.FOUND.value,
        description=_l("Jour d'abord si rien dans la colonne ne le dit."),
    )
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
            self.order.data = mapping.order.value
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
            by=NamedBy(self.by.data),
            order=DayOrder(self.order.data),
            skills={
                str(skill): name for skill in Skill if (name := self[f"skill_{skill}"].data or "")
            },
            table=self._table(),
        )

    def _table(self) -> dict[Level, Decimal]:
        table = {}
        for level in LEVELS:
            typed = (self[f"from_{level}"].data or "").strip()
            if not typed:
                continue
            least = cells.number(typed)
            if least is None:
                raise Invalid(
                    N_("« %(value)s » n'est pas un score."), f"from_{level}", value=typed[:40]
                )
            table[level] = least
        return table


for _skill in Skill:
    setattr(MappingForm, f"skill_{_skill}", SelectField(SKILLS[_skill], default=""))
for _level in LEVELS:
    setattr(MappingForm, f"from_{_level}", StringField(str(_level), [Optional(), Length(max=20)]))
