"""What the fields of a card, a script and a grid are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from evaluator_app.words import _, _l
from kernel.unfit import Fault

FIELDS: Mapping[str, LazyString] = {
    "name": _l("Nom"),
    "language": _l("Langue"),
    "code": _l("Code"),
    "part": _l("Partie"),
    "parts": _l("Partie"),
    "level": _l("Niveau"),
    "field": _l("Domaine"),
    "title": _l("Titre"),
    "situation": _l("Situation"),
    "instructions": _l("Consignes"),
    "role": _l("Rôle"),
    "prompts": _l("Questions"),
    "elicit": _l("À faire surgir"),
    "opening": _l("Ouverture"),
    "closing": _l("Conclusion"),
    "groups": _l("Thème"),
    "text": _l("Question"),
    "simpler": _l("Plus simplement"),
    "covers": _l("Ce qu'il couvre"),
    "bands": _l("Descripteurs"),
    "fr": _l("Français"),
    "en": _l("Anglais"),
}


def told(fault: Fault) -> str:
    """Return what does not fit, with its place, in the page's language."""
    places = [fault.thing, *(str(FIELDS.get(field, field)) for field in fault.fields)]
    place = " · ".join(part for part in places if part)
    why = _(fault.why, **fault.params)
    return _("%(place)s : %(why)s", place=place, why=why) if place else why.capitalize()
