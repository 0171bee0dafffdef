"""What the watch over a written test holds back: asked of rows in hand, and of all in SQL."""

from __future__ import annotations

from itertools import product

from sqlalchemy import select

from enrolment import gates
from enrolment.models import Candidacy, GateKind

WATCHES = (None, (True, "clear"), (False, "undecided"), (False, "void"), (False, ""))
RESULTS = (None, (True, gates.SAT_HERE), (False, gates.SAT_HERE), (True, "import"), (False, ""))


def test_rows_in_hand_and_the_database_say_the_same(db, make):
    said = {}
    for watch, result in product(WATCHES, RESULTS):
        candidacy = make.candidacy()
        for kind, gate in ((GateKind.PROCTORING, watch), (GateKind.WRITTEN_RESULT, result)):
            if gate is not None:
                gates.put(db, candidacy, kind, is_open=gate[0], detail=gate[1])
        said[candidacy.id] = gates.held_by_watch(gates.of_candidacy(db, candidacy.id))
    assert sorted(said.values()) == [""] * 13 + ["undecided"] * 8 + ["void"] * 4
    held = {number for number, why in said.items() if why}
    assert set(db.scalars(select(Candidacy.id).where(gates.is_held_by_watch()))) == held
    for why in ("undecided", "void"):
        asked = select(Candidacy.id).where(gates.is_held_by_watch(why))
        assert set(db.scalars(asked)) == {number for number in said if said[number] == why}
