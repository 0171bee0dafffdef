"""Time zones as people name them: by their city, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from evaluator_app.words import _, locale

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


@lru_cache(maxsize=2)
def _cities(language: str) -> Choices:
    """Return (zone, city) by the first part of its zone, in the order of the cities' names."""
    regions: Choices = {}
    # CLDR's own zones: those of the time-zone database hold aliases and inventions as well.
    for zone in available_timezones() & get_global("zone_territories").keys():
        region = zone.split("/")[0]
        city = get_timezone_location(zone, locale=language, return_city=True)
        regions.setdefault(region, []).append((zone, city))
    for zones in regions.values():
        zones.sort(key=lambda pair: pair[1])
    return regions


def choices(current: str) -> Choices:
    """Return every zone to choose from; `current` is among them whatever it is."""
    listed = _cities(locale())
    regions = {name: listed[region] for region, name in _regions().items()}
    if any(current == zone for zones in regions.values() for zone, _city in zones):
        return regions
    return {"": [(current, current)], **regions}
