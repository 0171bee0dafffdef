"""What follows once a coordinator has decided about an oral that came to nothing."""

from __future__ import annotations

import letterbox
import pytest

from enrolment import gates
from enrolment.models import GateKind, Stage
from rooms import incidents


@pytest.mark.parametrize(("has_level", "told"), [(True, ["oral_to_book"]), (False, [])])
@pytest.mark.parametrize("stage", [Stage.SUSPENDED, Stage.WITHDRAWN])
def test_who_may_choose_an_hour_again_is_told(db, make, settings, stage, has_level, told):
    candidacy = make.candidacy(stage=stage)
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=has_level)
    incidents.settle(db, make.coordinator().actor, candidacy, "Une alarme a retenti.")
    letters = letterbox.written(db, settings)
    assert [letter.template for letter in letters] == told
    assert all(letter.to.email == candidacy.candidate.user.email for letter in letters)
    assert all(letter.context["again"] is True for letter in letters)
