"""Words in French and English, for pages, mails and documents alike.

French is the source: every string in the code is French, and the catalogues hold its English.
One `.po` file an area under `translations/en/`; all are read at start and merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import Locale as Babel
from babel.dates import format_date, format_datetime, format_time, get_timezone_location
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kernel import exam_zone
from kernel.errors import VivaError
from kernel.settings import HERE

TRANSLATIONS = HERE / "evaluator_app" / "words" / "translations"
NBSP = "\u00a0"
VOWELS = frozenset("aeiou")
# What CLDR names with two letters though nobody is born there, or not under that name.
NO_COUNTRY = re.compile("A[CQ]|BV|C[PQ]|DG|E[AUZ]|HM|IC|QO|TA|U[MN]|X[AB]|ZZ")


class Locale(StrEnum):
    """The languages of the interface."""

    FR = "fr"
    EN = "en"


@lru_cache(maxsize=4)
def catalogue(folder: Path = TRANSLATIONS) -> dict[str | tuple[str, str], str | tuple[str, ...]]:
    """Return every English string by its French source (or by context and source).

    Raises:
        ValueError: two files translate the same source.
    """
    words: dict[str | tuple[str, str], str | tuple[str, ...]] = {}
    for file in sorted((folder / "en").glob("*.po")):
        with file.open("rb") as stream:
            book: Catalog = read_po(stream, locale="en")
        for message in book:
            if not message.id or not message.string or message.fuzzy:
                continue
            source = message.id if isinstance(message.id, str) else message.id[0]
            key = (message.context, source) if message.context else source
            if key in words:
                msg = f"{file.name}: {source!r} is translated twice"
                raise ValueError(msg)
            text = message.string
            words[key] = text if isinstance(text, str) else tuple(text)
    return words


def gettext(locale: str, message: str, **params: object) -> str:
    """Return `message` in `locale`, with `params` in its %(name)s places."""
    text = message
    if locale == Locale.EN:
        entry = catalogue().get(message, message)
        text = entry if isinstance(entry, str) else entry[0]
    return text % params if params else text


def refusal(error: VivaError, locale: str) -> str:
    """Return what `error` says, in `locale`."""
    return gettext(locale, error.message, **error.params)


def ngettext(locale: str, singular: str, many: str, number: int, **params: object) -> str:
    """Return `one` or `many` by `number` in `locale`; in French zero is singular."""
    params = {"num": number, **params}
    if locale != Locale.EN:
        return (singular if abs(number) < 2 else many) % params
    entry = catalogue().get(singular, (singular, many))
    pair = (entry, entry) if isinstance(entry, str) else entry
    return pair[0 if number == 1 else -1] % params


def pgettext(locale: str, context: str, message: str, **params: object) -> str:
    """Return `message` as it is meant in `context`."""
    text = message
    if locale == Locale.EN:
        entry = catalogue().get((context, message), message)
        text = entry if isinstance(entry, str) else entry[0]
    return text % params if params else text


def capital(words: str) -> str:
    """Return words as they begin a sentence or a heading."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str], locale: str) -> str:
    """Return words as one list: « l'attestation et le certificat »."""
    return format_list(words, locale=locale)


def _place(zone: str | None) -> ZoneInfo:
    return ZoneInfo(zone) if zone else exam_zone.zone()


def _day_pattern(day: int, locale: str) -> str:
    if locale != Locale.FR:
        return "EEEE, d MMMM y"
    return "EEEE d'er' MMMM y" if day == 1 else "EEEE d MMMM y"


def day_in_words(moment: datetime | date, locale: str, zone: str | None = None) -> str:
    """Return e.g. « jeudi 3 décembre 2026 », of the day that it is in `zone`, or the exam's."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(_place(zone)).date()
    return format_date(moment, _day_pattern(moment.day, locale), locale=locale)


def closing_in_words(last: datetime, locale: str, zone: str | None = None) -> str:
    """Return the day on which something closes, with the hour where it does not last to its end.

    `last` is its last second: « mercredi 23 décembre 2026 », « … à 18:00 ».
    """
    after = last + timedelta(seconds=1)
    if after.astimezone(_place(zone)).time() == time():
        return day_in_words(last, locale, zone)
    return moment_in_words(after, locale, zone)


def date_in_words(day: datetime | date, locale: str, zone: str | None = None) -> str:
    """Return e.g. « 3 décembre 2026 », without its weekday: a birth, the bounds of a period."""
    if isinstance(day, datetime):
        day = day.astimezone(_place(zone)).date()
    return format_date(day, _day_pattern(day.day, locale).partition(" ")[2], locale=locale)


def date_in_brief(day: datetime | date, locale: str, zone: str | None = None) -> str:
    """Return e.g. « 3 déc. 2026 », for a column."""
    if isinstance(day, datetime):
        day = day.astimezone(_place(zone)).date()
    pattern = _day_pattern(day.day, locale).partition(" ")[2]
    return format_date(day, pattern.replace("MMMM", "MMM"), locale=locale)


@lru_cache(maxsize=1024)
def city(zone: str, locale: str) -> str:
    """Name a zone as people do, by its city: « Montréal »."""
    place: str = get_timezone_location(zone, locale=locale, return_city=True)
    return place.rsplit("/", maxsplit=1)[-1]


def clock_of(zone: str, locale: str) -> str:
    """Name the clock of a zone: « heure de Paris », « heure d'Athènes », "Paris time"."""
    place = city(zone, locale)
    if locale != Locale.FR:
        return f"{place} time"
    if place.startswith("Le "):
        return f"heure du {place[3:]}"
    return f"heure d'{place}" if sortable(place[0]) in VOWELS else f"heure de {place}"


def country_in_words(code: str, locale: str) -> str:
    """Name a country by its two letters, or return them when nobody has heard of it."""
    return str(Babel(locale).territories.get(code.upper(), code))


@lru_cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """Return every country's two letters and its name, France first, then by name."""
    named = Babel(locale).territories.items()
    known = [(code, name) for code, name in named if len(code) == 2 and not NO_COUNTRY.match(code)]
    return tuple(sorted(known, key=lambda country: (country[0] != "FR", sortable(country[1]))))


def sortable(name: str) -> str:
    """Return `name` as a list in alphabetical order takes it: without accents or case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def time_in_words(moment: datetime, locale: str, zone: str | None = None) -> str:
    """Return e.g. « 14:30 » as it is in `zone`."""
    return format_time(moment, "HH:mm", tzinfo=_place(zone), locale=locale)


def moment_in_words(moment: datetime, locale: str, zone: str | None = None) -> str:
    """Return e.g. « jeudi 3 décembre 2026 à 14:30 », as it is in `zone`."""
    joint = " 'à' " if locale == Locale.FR else " 'at' "
    day = moment.astimezone(_place(zone)).day
    pattern = _day_pattern(day, locale) + joint + "HH:mm"
    return format_datetime(moment, pattern, tzinfo=_place(zone), locale=locale)


def short_day(day: date, locale: str) -> str:
    """Return e.g. « lun. 30 nov. », for the head of a column."""
    return format_date(day, "EEE d MMM", locale=locale)
