"""The seventeen values, their names and the level each is published as."""

from fractions import Fraction

import pytest

from kernel.levels import Level
from rubrics.scale import NOT_ASSESSABLE, Value, mark_label, parse, published

# Thirds, code, published level: the whole scale, written out by hand.
SCALE = [
    (2, "below_a1", "below_a1"),
    (3, "A1", "A1"),
    (4, "A1+", "A1"),
    (5, "A2-", "A2"),
    (6, "A2", "A2"),
    (7, "A2+", "A2"),
    (8, "B1-", "B1"),
    (9, "B1", "B1"),
    (10, "B1+", "B1"),
    (11, "B2-", "B2"),
    (12, "B2", "B2"),
    (13, "B2+", "B2"),
    (14, "C1-", "C1"),
    (15, "C1", "C1"),
    (16, "C1+", "C1"),
    (17, "C2-", "C2"),
    (18, "C2", "C2"),
]


def test_the_scale_is_these_seventeen_values():
    assert [(int(mark), mark.code, str(mark.level)) for mark in Value] == SCALE


def test_labels_are_those_of_the_grid():
    names = [code for _, code, _ in SCALE[1:]]
    assert [mark.label("fr") for mark in Value] == ["Inférieur à A1", *names]
    assert [mark.label("en") for mark in Value] == ["Below A1", *names]
    assert mark_label(NOT_ASSESSABLE, "fr") == "Non évaluable"
    assert mark_label(NOT_ASSESSABLE, "en") == "Not assessable"
    assert mark_label(11, "fr") == "B2-"


def test_parse_reads_every_code_and_nothing_else():
    assert [int(parse(code)) for _, code, _ in SCALE] == [thirds for thirds, _, _ in SCALE]
    for wrong in ("", "a1", "A1-", "C2+", "B1 ", "9", NOT_ASSESSABLE):
        with pytest.raises(ValueError, match="not a value of the scale"):
            parse(wrong)


@pytest.mark.parametrize(
    ("thirds", "level"),
    [
        (Fraction(2), Level.BELOW),
        (Fraction(249, 100), Level.BELOW),
        (Fraction(5, 2), Level.A1),
        (Fraction(449, 100), Level.A1),
        (Fraction(9, 2), Level.A2),
        (Fraction(1049, 100), Level.B1),
        (Fraction(21, 2), Level.B2),
        (Fraction(1649, 100), Level.C1),
        (Fraction(33, 2), Level.C2),
        (Fraction(18), Level.C2),
    ],
)
def test_published_rounds_half_up(thirds, level):
    assert published(thirds) == level


def test_published_refuses_what_is_off_the_scale():
    for thirds in (Fraction(199, 100), Fraction(1801, 100)):
        with pytest.raises(ValueError, match="off the scale"):
            published(thirds)
