"""Time zones as people name them: by part of the world, then by city, in the page's language."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel.core import get_global

from evaluator_app.words import _, locale
from kernel import i18n

Choices = dict[str, list[tuple[str, str]]]
"""(zone, city) by the name of a part of the world."""


def _regions() -> dict[str, str]:
    """Return the parts of the world that zones are listed by, in the page's language."""
    return {
        "Europe": _("Europe"),
        "Africa": _("Afrique"),
        "America": _("Amérique"),
        "Asia": _("Asie"),
        "Indian": _("Océan Indien"),
        "Atlantic": _("Atlantique"),
        "Pacific": _("Pacifique"),
        "Australia": _("Australie"),
    }


def known() -> frozenset[str]:
    """Return CLDR's own zones: the time-zone database holds aliases and inventions as well."""
    return frozenset(available_timezones() & get_global("zone_territories").keys())


@lru_cache(maxsize=2)
def _cities(language: str) -> Choices:
    """Return (zone, city) by part of the world, in the order of the cities' names."""
    regions: Choices = {}
    for zone in known():
        regions.setdefault(zone.split("/")[0], []).append((zone, i18n.city(zone, language)))
    for zones in regions.values():
        zones.sort(key=lambda named: i18n.sortable(named[1]))
    return regions


def choices(kept: str = "") -> Choices:
    """Return (zone, city) by part of the world; `kept`: a zone that is offered in any case."""
    cities = _cities(locale())
    offered = {name: cities[region] for region, name in _regions().items()}
    if not kept or any(kept == zone for zones in offered.values() for zone, _city in zones):
        return offered
    return {"": [(kept, i18n.city(kept, locale()))], **offered}
