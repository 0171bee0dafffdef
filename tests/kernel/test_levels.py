"""Levels compare by rank and name themselves."""

import pytest

from kernel.levels import LEVELS, TARGETS, Level, of_rank


def test_levels_stand_in_order():
    shuffled = [Level.C2, Level.BELOW, Level.B1, Level.A2, Level.C1, Level.A1, Level.B2]
    assert sorted(shuffled) == list(Level)
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4, 5, 6]
    assert max(shuffled) is Level.C2
    assert min(shuffled) is Level.BELOW


def test_comparisons_accept_stored_values():
    assert (Level.B1 >= "below_a1", Level.B1 < "B2", Level.B1 <= "B1", Level.B1 > "B1") == (
        True,
        True,
        True,
        False,
    )


def test_a_level_never_compares_with_another_word():
    with pytest.raises(ValueError, match="'Z9' is not a valid Level"):
        _ = Level.B1 < "Z9"


def test_choices_leave_below_a1_out():
    assert [str(level) for level in LEVELS] == ["A1", "A2", "B1", "B2", "C1", "C2"]
    assert [str(level) for level in TARGETS] == ["A2", "B1", "B2", "C1", "C2"]


def test_labels():
    assert (Level.BELOW.label("fr"), Level.BELOW.label("en"), Level.B2.label("fr")) == (
        "Inférieur à A1",
        "Below A1",
        "B2",
    )


def test_of_rank_inverts_rank():
    assert [of_rank(level.rank) for level in Level] == list(Level)
    for rank in (-1, 7):
        with pytest.raises(ValueError, match="no level has rank"):
            of_rank(rank)
