"""The words of what is arranged for one candidate: accommodations, and more time."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from evaluator_app.words import _l

ACCOMMODATIONS: Mapping[str, LazyString] = {
    "extra_time": _l("Temps supplémentaire"),
    "breaks": _l("Pauses"),
    "large_print": _l("Grands caractères et contraste élevé"),
    "written_instructions": _l("Consignes écrites"),
    "interpreter": _l("Interprète ou accompagnant présent"),
}
TIME_FACTORS: Mapping[float, LazyString] = {
    1.0: _l("Temps normal"),
    1.25: _l("Un quart de plus"),
    4 / 3: _l("Un tiers de plus (tiers temps)"),
    1.5: _l("La moitié de plus"),
    2.0: _l("Le double"),
}


def accommodation(key: str) -> str:
    """Return the words of an accommodation, or what was written by hand."""
    return str(ACCOMMODATIONS.get(key, key))


def time_factor(value: float) -> str:
    """Return by how much a candidate's time is lengthened, in words."""
    known = (words for factor, words in TIME_FACTORS.items() if math.isclose(factor, value))
    return str(next(known, f"× {value:g}"))
