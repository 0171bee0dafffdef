"""The enumerations of the declaration: typed in the code, stored as the schema spells them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from enrolment.declared import AccessMode, Initiative
from enrolment.models import Candidacy


def test_what_is_stored_is_the_word_of_the_schema(db, make):
    made = make.candidacy(access_mode=AccessMode.EXPERIENCE, initiative=Initiative.ORGANISATION)
    silent = make.candidacy()
    db.expire_all()
    assert (made.access_mode, made.initiative) == (AccessMode.EXPERIENCE, Initiative.ORGANISATION)
    assert (silent.access_mode, silent.initiative) == (None, None)
    kept = db.execute(text("SELECT access_mode, initiative FROM candidacy ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [("VAE", "OF"), ("", "")]
    chosen = select(Candidacy.id).where(Candidacy.access_mode == AccessMode.EXPERIENCE)
    assert db.scalars(chosen).all() == [made.id]


def test_no_other_word_is_stored(db, make):
    with pytest.raises(StatementError, match="is not a valid AccessMode"):
        make.candidacy(access_mode="CANDIDATE_LIBRE")
