"""What the equipment test's figures mean."""

from __future__ import annotations

import copy

import pytest

from enrolment import gates
from enrolment.models import GateKind
from kernel.errors import Invalid
from proctor import equipment
from proctor.models import EquipmentVerdict

GOOD = {
    "browser": {"usable": True},
    "camera": {"found": True, "width": 1280, "height": 720},
    "microphone": {"found": True, "level": 0.4},
    "sound": {"heard": True},
    "network": {"connected": True, "rtt_ms": 30, "loss": 0.0, "kbps": 2000},
}
READY, FAIR, BLOCKED = EquipmentVerdict.READY, EquipmentVerdict.FAIR, EquipmentVerdict.BLOCKED


def _with(part: str, **values: object) -> dict:
    given = copy.deepcopy(GOOD)
    given[part].update(values)
    return given


def test_all_well():
    parts = equipment.judge(equipment.read(GOOD))
    assert [part.part for part in parts] == ["browser", "camera", "microphone", "sound", "network"]
    assert equipment.verdict(parts) is READY


@pytest.mark.parametrize(
    ("part", "values", "expected"),
    [
        ("browser", {"phone": True}, BLOCKED),
        ("browser", {"usable": False}, BLOCKED),
        ("camera", {"found": False, "why": "busy"}, BLOCKED),
        ("camera", {"width": 320}, FAIR),
        ("microphone", {"found": False}, BLOCKED),
        ("microphone", {"level": 0.001}, FAIR),
        ("sound", {"heard": False}, BLOCKED),
        ("network", {"connected": False}, BLOCKED),
        ("network", {"loss": 0.08}, FAIR),
        ("network", {"rtt_ms": 450}, FAIR),
        ("network", {"kbps": 200}, FAIR),
        ("network", {"rtt_ms": None, "loss": None, "kbps": None}, READY),
    ],
)
def test_each_thing_that_may_be_wrong(part, values, expected):
    parts = equipment.judge(equipment.read(_with(part, **values)))
    assert {part.part: part.state for part in parts}[part] is expected
    assert equipment.verdict(parts) is expected
    assert all(part.words % part.params if part.params else part.words for part in parts)


def test_a_network_is_not_blamed_for_want_of_anything_to_send():
    unsent = {"network": {"connected": False}, "camera": {"found": False, "why": "denied"}}
    blocked = {"found": False, "why": "denied"}
    alone = equipment.judge(equipment.read(GOOD | unsent | {"microphone": blocked}))[-1]
    heard = equipment.judge(equipment.read(GOOD | unsent))[-1]
    assert (alone.state, heard.state) == (BLOCKED, BLOCKED)
    assert alone.words.startswith("Le réseau se mesure avec la caméra ou le micro")
    assert heard.words.startswith("La vidéo ne passe pas sur ce réseau")


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {},
        GOOD | {"more": 1},
        _with("camera", width=-1),
        _with("network", loss=2),
        _with("network", rtt_ms=float("nan")),
        _with("browser", name="x" * 300),
    ],
)
def test_what_is_no_result(given):
    with pytest.raises(Invalid):
        equipment.read(given)


def test_the_last_one_counts_and_opens_the_gate(db, make):
    candidacy = make.candidacy()
    user = candidacy.candidate.user
    assert equipment.latest(db, user.id) is None
    for given, opens in ((_with("sound", heard=False), False), (GOOD, True)):
        kept = equipment.record(db, user.actor, equipment.read(given))
        assert equipment.latest(db, user.id) is kept
        assert gates.is_open(db, candidacy, GateKind.EQUIPMENT) is opens


def test_another_device_s_failure_undoes_no_success_here(db, make):
    candidacy = make.candidacy()
    user = candidacy.candidate.user

    def run(browser: str, *, works: bool) -> None:
        given = _with("sound", heard=works)
        given["browser"] |= {"name": browser, "system": "Windows"}
        equipment.record(db, user.actor, equipment.read(given))

    counted = []
    for browser, works in (
        *(("Edge", False), ("Firefox", True), ("Edge", False)),
        *(("Firefox", False), ("Edge", True)),
    ):
        run(browser, works=works)
        standing = equipment.standing(db, user.id)
        opens = gates.is_open(db, candidacy, GateKind.EQUIPMENT)
        counted.append((standing.facts["browser"]["name"], str(standing.verdict), opens))
    assert counted == [
        ("Edge", "blocked", False),
        ("Firefox", "ready", True),
        ("Firefox", "ready", True),
        ("Firefox", "blocked", False),
        ("Edge", "ready", True),
    ]
