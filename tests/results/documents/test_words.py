from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from kernel import i18n
from kernel.levels import Level
from results import documents
from results.documents.words import CONTEXT, MEANINGS, day, meaning, say


def test_every_word_of_a_document_has_its_english() -> None:
    sources = extract_from_dir(
        Path(documents.__file__).parent,
        method_map=[("**.py", "python")],
        keywords={"D_": None},
    )
    wanted = {(CONTEXT, source) for _file, _line, source, _comments, _context in sources}
    assert len(wanted) > 30
    assert wanted - set(i18n.catalogue()) == set()


def test_every_level_has_a_meaning_of_its_own() -> None:
    for locale in ("fr", "en"):
        assert len({meaning(level, locale) for level in Level}) == len(Level)
    assert list(MEANINGS) == list(Level)


@pytest.mark.parametrize(
    ("value", "locale", "words"),
    [
        (date(2026, 12, 1), "fr", "1er décembre 2026"),
        (date(2026, 12, 2), "fr", "2 décembre 2026"),
        (date(2026, 12, 1), "en", "1 December 2026"),
    ],
)
def test_a_day_in_words(value: date, locale: str, words: str) -> None:
    assert day(value, locale) == words


def test_our_words_get_the_apostrophe_of_print_and_a_name_keeps_its_own() -> None:
    assert say("fr", "Nom d'usage\u00a0: %(name)s", name="O'Brien") == (
        "Nom d’usage\u00a0: O'Brien"
    )
