"""What the parts of a decision rule are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from evaluator_app.words import _l
from results.trying import Part

PARTS: Final[Mapping[Part, LazyString]] = {
    Part.ORAL: _l("Façon de décider l'oral"),
    Part.NOT_ASSESSABLE: _l("Critères sans note admis"),
    Part.WEIGHTS: _l("Poids des critères"),
    Part.CAP: _l("Plafond au-dessus du critère le plus bas"),
    Part.ROUNDING: _l("Arrondi de l'oral"),
    Part.OVERALL: _l("Façon de décider le niveau global"),
    Part.OVERALL_WEIGHTS: _l("Poids de l'oral et de l'écrit"),
    Part.OVERALL_ROUNDING: _l("Arrondi du niveau global"),
    Part.OVERALL_CAP: _l("Plafond du niveau global"),
}
