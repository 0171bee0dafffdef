"""What people set for themselves."""

from __future__ import annotations

import pytest

from kernel.errors import Invalid, Refused
from people import profile


def test_a_name_is_kept_whole_without_the_blanks_around_it(db, make):
    user = make.coordinator()
    profile.set_name(db, user.actor, user, given_name=" Zoé", family_name="Lenoir ")
    assert user.name == "Zoé Lenoir"
    with pytest.raises(Invalid):
        profile.set_name(db, user.actor, user, given_name="Zoé", family_name=" ")
    assert user.name == "Zoé Lenoir"


def test_a_candidates_name_is_that_of_their_document(db, make):
    user = make.candidate().user
    before = user.name
    with pytest.raises(Refused):
        profile.set_name(db, user.actor, user, given_name="Zoé", family_name="Lenoir")
    assert user.name == before
