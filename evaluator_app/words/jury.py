"""What a jury looks at and decides, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from evaluator_app.words import _l
from results.docket import Flag
from results.models import JuryAct, JuryEnd

FLAGS: Mapping[Flag, LazyString] = {
    Flag.INCIDENT: _l("incident pendant l'oral"),
    Flag.WATCH: _l("surveillance de l'écrit"),
    Flag.RATERS: _l("deux évaluateurs en désaccord"),
    Flag.APART: _l("oral et écrit éloignés"),
    Flag.BOUNDARY: _l("proche de l'objectif"),
    Flag.LATE: _l("délai annoncé proche ou passé"),
}
ACTS: Mapping[JuryAct, LazyString] = {
    JuryAct.APPROVE: _l("Validé"),
    JuryAct.WITHHOLD: _l("Retenu"),
    JuryAct.RETURN: _l("Notes renvoyées"),
}
ENDS: Mapping[JuryEnd, LazyString] = {
    JuryEnd.VALIDATED: _l("parti"),
    JuryEnd.TAKEN_BACK: _l("repris"),
    JuryEnd.CHANGED: _l("le résultat a changé"),
    JuryEnd.WITHHELD: _l("retenu depuis"),
    JuryEnd.RETURNED: _l("notes renvoyées depuis"),
    JuryEnd.LIFTED: _l("plus retenu"),
    JuryEnd.DONE: _l("fait"),
}
