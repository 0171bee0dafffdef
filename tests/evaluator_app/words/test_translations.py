"""The check of the translations sees what it must see."""

from __future__ import annotations

import pytest

from evaluator_app.words.translations import words_in_use
from evaluator_app.words.translations.__main__ import check

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small project: `write(source, template, po)` gives what the check finds wrong in it."""
    monkeypatch.setattr(words_in_use, "FOLDERS", ("pages",))
    for folder in ("pages", "templates", "translations/en"):
        (tmp_path / folder).mkdir(parents=True)

    def write(source: str = "", template: str = "", book: str = "") -> tuple[list, list]:
        (tmp_path / "pages" / "one.py").write_text(source)
        (tmp_path / "templates" / "one.html").write_text(template)
        (tmp_path / "translations" / "en" / "one.po").write_text(HEAD + book)
        return check(tmp_path, tmp_path / "translations")

    return write


def test_what_is_said_in_both_languages_is_well(house):
    faults = house(
        'a = _("Bonjour %(name)s", name=1)\nb = N_("Au revoir")\nc = ngettext("un", "des", 2)\n',
        '{{ _("Ouvrir") }}{{ pgettext("page", "Oral") }}',
        'msgid "Bonjour %(name)s"\nmsgstr "Hello %(name)s"\n\n'
        'msgid "Au revoir"\nmsgstr "Goodbye"\n\n'
        'msgid "un"\nmsgid_plural "des"\nmsgstr[0] "one"\nmsgstr[1] "some"\n\n'
        'msgid "Ouvrir"\nmsgstr "Open"\n\n'
        'msgctxt "page"\nmsgid "Oral"\nmsgstr "Oral"\n',
    )
    assert faults == ([], [])


@pytest.mark.parametrize(
    ("source", "book", "fault"),
    [
        ('_("Ouvrir")', "", "pages/one.py:1: no English for « Ouvrir »"),
        ('_("Ouvrir")', 'msgid "Ouvrir"\nmsgstr ""\n', "pages/one.py:1: no English for « Ouvrir »"),
        (
            '_("Ouvrir")',
            '#, fuzzy\nmsgid "Ouvrir"\nmsgstr "Open"\n',
            "pages/one.py:1: no English for « Ouvrir »",
        ),
        (
            '_("Bonjour %(name)s")',
            'msgid "Bonjour %(name)s"\nmsgstr "Hello %(nom)s"\n',
            "one.po:4: « Bonjour %(name)s » and its English fill other places",
        ),
        (
            'ngettext("un", "des", n)',
            'msgid "un"\nmsgstr "one"\n',
            "one.po:4: « un » needs a singular and a plural",
        ),
        (
            'raise Refused("Ce lien a expiré.")',
            "",
            "pages/one.py:1: « Ce lien a expiré. » is said to people, and not marked with N_()",
        ),
    ],
)
def test_what_lacks_is_named(house, source, book, fault):
    faults, _idle = house(source, "", book)
    assert faults == [fault]


def test_two_files_do_not_say_the_same(house, tmp_path):
    (tmp_path / "translations" / "en" / "a.po").write_text(HEAD + 'msgid "Ouvrir"\nmsgstr "Open"\n')
    faults, _idle = house('_("Ouvrir")', "", 'msgid "Ouvrir"\nmsgstr "Open up"\n')
    assert faults == ["one.po:4: « Ouvrir » stands in a.po:4 as well"]


def test_what_nobody_says_any_more_is_named(house):
    _faults, idle = house("", "", 'msgid "Ouvrir"\nmsgstr "Open"\n')
    assert idle == ["one.po:4: 'Ouvrir'"]
