"""A name that cannot be printed: a warning from enrolment on, a refusal before anything is made."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from enrolment.models import Stage
from kernel.errors import Refused
from kernel.outbox import OutboxRow
from results import printing, validation
from results.models import Document, VerdictRow
from tests.results.test_validation import complete


def test_the_text_and_the_sign_are_named(db, make):
    candidacy = make.candidacy()
    assert printing.holes(candidacy) == []
    candidacy.candidate.first_names = "Zoé 😀"
    candidacy.organisation.name = "Kai\U0001f600"
    assert printing.holes(candidacy) == [
        printing.Hole("Zoé 😀", "😀 (U+1F600, GRINNING FACE)"),
        printing.Hole("Kai\U0001f600", "😀 (U+1F600, GRINNING FACE)"),
    ]


def test_nothing_is_validated_that_could_not_be_printed(db, make):
    candidacy = complete(make)
    candidacy.candidate.birth_name = "Mar\ue000tin"
    db.flush()
    with pytest.raises(Refused, match=r"« Mar\ue000tin ».*U\+E000.*Rien n'a été validé"):
        validation.validate(db, make.coordinator().actor, candidacy)
    assert candidacy.stage is Stage.COMPLETE
    rows = [db.scalar(select(func.count()).select_from(t)) for t in (VerdictRow, Document)]
    assert (rows, db.scalars(select(OutboxRow)).all()) == ([0, 0], [])
    candidacy.candidate.birth_name = "მარტინი"
    assert validation.validate(db, make.coordinator().actor, candidacy).certified


def test_the_warning_stands_on_both_desks_from_enrolment_on(db, make, signed_in):
    candidacy = make.candidacy()
    pages = [
        (signed_in(make.manager(candidacy.organisation)), "organisation"),
        (signed_in(make.coordinator()), "coordinator"),
    ]
    warning = "ne pourra pas être imprimé"
    for browser, desk in pages:
        page = f"/{desk}/candidacies/{candidacy.id}"
        assert warning not in browser.get(page).get_data(as_text=True)
    candidacy.candidate.used_name = "😀"
    db.flush()
    for browser, desk in pages:
        said = browser.get(f"/{desk}/candidacies/{candidacy.id}").get_data(as_text=True)
        assert (warning in said, "U+1F600, GRINNING FACE" in said) == (True, True)
        assert f"/{desk}/candidacies/{candidacy.id}/identity" in said


def test_pages_do_not_load_what_only_drawing_needs():
    words = (
        "import sys, results.printing, results.remaking, results.stating\n"
        "print(sorted({'reportlab', 'fontTools', 'segno'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"
