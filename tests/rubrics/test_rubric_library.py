"""The grid that comes with the product is complete, and a broken one is refused."""

import pytest

from kernel.levels import Level
from rubrics.library import DESCRIPTOR_MAX, grid, read_grid
from rubrics.scale import Value


def test_the_six_criteria_by_their_published_names():
    assert [
        (item.key, item.letter, item.weight, item.name.fr, item.name.en) for item in grid().criteria
    ] == [
        ("listening", "L", 1, "Compréhension orale", "Listening"),
        (
            "pronunciation",
            "P",
            1,
            "Prononciation et intonation",
            "Pronunciation and intonation",
        ),
        ("vocabulary", "V", 1, "Vocabulaire", "Vocabulary"),
        ("fluency", "F", 1, "Aisance", "Fluency"),
        ("grammar", "G", 1, "Grammaire et syntaxe", "Grammar and syntax"),
        ("interaction", "I", 1, "Interaction", "Interaction"),
    ]


def test_every_band_has_its_own_descriptor_of_two_lines():
    texts = [
        text
        for item in grid().criteria
        for band in item.bands.values()
        for text in (band.fr, band.en)
    ]
    assert len(texts) == 6 * 7 * 2
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if not 50 <= len(text) <= DESCRIPTOR_MAX] == []


def test_a_descriptor_is_that_of_the_published_level():
    vocabulary = grid().criterion("vocabulary")
    for value in (Value.B1_MINUS, Value.B1, Value.B1_PLUS):
        assert vocabulary.descriptor(value, "en") == vocabulary.bands[Level.B1].en
    assert vocabulary.descriptor(2, "fr") == vocabulary.bands[Level.BELOW].fr
    with pytest.raises(ValueError, match="19 is not a valid Value"):
        vocabulary.descriptor(19, "fr")


def test_lookups():
    assert grid().keys == tuple(grid().names("fr"))
    assert grid().names("en")["fluency"] == "Fluency"
    with pytest.raises(KeyError, match="style"):
        grid().criterion("style")
    with pytest.raises(FileNotFoundError):
        grid(99)


def test_what_the_database_keeps_reads_back():
    assert read_grid(grid().model_dump(mode="json")) == grid()


def drop_band(data):
    del data["criteria"][2]["bands"]["B2"]


def empty_text(data):
    data["criteria"][0]["bands"]["A1"]["en"] = "  "


def long_text(data):
    data["criteria"][0]["bands"]["A1"]["fr"] = "é" * 221


def same_letter(data):
    data["criteria"][0]["letter"] = "V"


def same_key(data):
    data["criteria"][0]["key"] = "vocabulary"


def breaking_space(data):
    data["criteria"][0]["bands"]["A1"]["fr"] = "Comprend : peu."


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (drop_band, r"criteria\.2\s+a descriptor for every level"),
        (empty_text, "at least 1 character"),
        (long_text, "more than 220 characters"),
        (same_letter, "same letter"),
        (same_key, "same key"),
        (breaking_space, "wants a non-breaking space"),
    ],
)
def test_a_broken_grid_is_refused(damage, message):
    data = grid().model_dump(mode="json")
    damage(data)
    with pytest.raises(ValueError, match=message):
        read_grid(data)


def test_bands_are_read_lowest_first_in_whatever_order_a_database_gives_them():
    data = grid().model_dump(mode="json")
    for criterion in data["criteria"]:
        criterion["bands"] = dict(sorted(criterion["bands"].items(), reverse=True))
    assert [list(criterion.bands) for criterion in read_grid(data).criteria] == [list(Level)] * 6
