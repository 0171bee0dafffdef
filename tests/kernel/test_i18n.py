"""Words in both languages, from catalogues on disk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kernel import i18n

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
BOOK = """
msgid "Bonjour %(name)s"
msgstr "Hello %(name)s"

msgid "%(num)d candidat"
msgid_plural "%(num)d candidats"
msgstr[0] "one candidate"
msgstr[1] "%(num)d candidates"

msgctxt "document"
msgid "Oral"
msgstr "Speaking"

msgid "Oral"
msgstr "Interview"
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "one.po").write_text(HEAD + BOOK)
    words = i18n.catalogue(tmp_path)
    monkeypatch.setattr(i18n, "catalogue", lambda: words)
    return tmp_path


def test_french_is_the_source_and_english_its_translation(book):
    assert i18n.gettext("fr", "Bonjour %(name)s", name="Léa") == "Bonjour Léa"
    assert i18n.gettext("en", "Bonjour %(name)s", name="Léa") == "Hello Léa"
    assert i18n.gettext("en", "Inconnu") == "Inconnu"


@pytest.mark.parametrize(
    ("locale", "number", "words"),
    [
        ("fr", 0, "0 candidat"),
        ("fr", 1, "1 candidat"),
        ("fr", 2, "2 candidats"),
        ("en", 0, "0 candidates"),
        ("en", 1, "one candidate"),
        ("en", 2, "2 candidates"),
    ],
)
def test_numbers_follow_each_language(book, locale, number, words):
    assert i18n.ngettext(locale, "%(num)d candidat", "%(num)d candidats", number) == words


def test_a_context_tells_two_meanings_apart(book):
    assert i18n.pgettext("en", "document", "Oral") == "Speaking"
    assert i18n.gettext("en", "Oral") == "Interview"


def test_two_translations_of_one_source_are_refused(tmp_path):
    (tmp_path / "en").mkdir()
    for name in ("one", "two"):
        (tmp_path / "en" / f"{name}.po").write_text(HEAD + 'msgid "Oral"\nmsgstr "Viva"\n')
    with pytest.raises(ValueError, match=r"two\.po: 'Oral' is translated twice"):
        i18n.catalogue(tmp_path)


def test_days_and_hours_in_words():
    moment = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    assert i18n.moment_in_words(moment, "fr") == "vendredi 4 décembre 2026 à 00:30"
    assert i18n.moment_in_words(moment, "en", "America/Cayenne") == (
        "Thursday, 3 December 2026 at 20:30"
    )
    assert i18n.day_in_words(date(2026, 5, 1), "fr") == "vendredi 1er mai 2026"
    assert i18n.time_in_words(moment, "en") == "00:30"


def test_a_date_without_its_weekday():
    moment = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    assert i18n.date_in_words(moment, "fr") == "4 décembre 2026"
    assert i18n.date_in_words(date(1998, 11, 1), "fr") == "1er novembre 1998"
    assert i18n.date_in_words(date(1998, 11, 1), "en") == "1 November 1998"


def test_a_date_in_brief():
    moment = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    assert i18n.date_in_brief(moment, "fr") == "4 déc. 2026"
    assert i18n.date_in_brief(moment, "en", "UTC") == "3 Dec 2026"
    assert i18n.date_in_brief(date(1998, 11, 1), "fr") == "1er nov. 1998"


def test_countries_by_name_france_first():
    assert i18n.country_in_words("de", "fr") == "Allemagne"
    assert i18n.country_in_words("QQ", "fr") == "QQ"
    assert i18n.countries("fr")[:3] == (
        ("FR", "France"),
        ("AF", "Afghanistan"),
        ("ZA", "Afrique du Sud"),
    )
    assert [name for code, name in i18n.countries("en") if code in {"EG", "EE", "EU"}] == [
        "Egypt",
        "Estonia",
    ]
