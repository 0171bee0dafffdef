"""The log as a file: whole it proves its entries and who signed, touched it names the fault."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from kernel import audit, audit_file
from kernel.audit_file import FORMAT, fingerprint, signer
from kernel.permissions import SYSTEM

SECRET = "the secret of these tests"
KEY = fingerprint(signer(SECRET).public_key())
CHAIN = "that these entries are one chain: none altered, removed, added or moved"
SIGNED = "that whoever holds this key signed its end"


@pytest.fixture
def head(tmp_path):
    return tmp_path / "head.json"


@pytest.fixture
def lines(database, head) -> list[str]:
    """The exported log of four acts; a fifth is not sealed yet."""
    with database.transaction() as db:
        for number in range(4):
            audit.record(db, SYSTEM, "sample.act", None, number=number, share=0.1, word="é\u2028")
    with database.transaction() as db:
        audit.seal(db)
        audit.accept(db, [SECRET], head)
    with database.transaction() as db:
        audit.record(db, SYSTEM, "sample.later", None)
    with database.session(read_only=True) as db:
        return list(audit_file.export(db, [SECRET, "a former one"], head))


def proofs(lines: list[str], key: str = KEY) -> list[tuple[bool, str]]:
    findings = audit_file.check((line.encode() for line in lines), key)
    assert [finding.fault for finding in findings[:-1]] == [False] * (len(findings) - 1)
    return [(finding.proven, finding.what) for finding in findings]


def fault(lines: list[str], key: str = KEY) -> tuple[str, dict]:
    last = audit_file.check((line.encode() for line in lines), key)[-1]
    assert (last.fault, last.proven) == (True, False)
    return last.what, last.facts


def test_a_whole_file_proves_its_chain_and_its_signer(lines):
    assert json.loads(lines[0])["format"] == FORMAT
    assert [json.loads(line)["position"] for line in lines[1:-1]] == [1, 2, 3, 4]
    assert proofs(lines) == [
        (True, CHAIN),
        (True, SIGNED),
        (True, "that the installation signed it"),
        (False, "what was done after its last entry"),
    ]
    last = audit_file.check((line.encode() for line in lines), KEY)[-1]
    assert last.facts["not_sealed_then"] == 1
    assert last.fault is False


def test_without_the_fingerprint_it_does_not_say_whose_key_it_is(lines):
    open_question = "whose key it is: give --key the fingerprint that the installation tells"
    assert proofs(lines, "") == [(True, CHAIN), (True, SIGNED), (False, open_question)]
    said, facts = fault(lines, "00" * 32)
    assert (said, facts) == ("that the installation signed it: its key is another", {"key": KEY})


def changed(line: str, **values) -> str:
    return json.dumps(json.loads(line) | values) + "\n"


def test_the_first_entry_that_was_touched_is_named(lines):
    other = json.loads(lines[2])["entry"].replace("sample.act", "sample.fact")
    lines[2] = changed(lines[2], entry=other)
    lines[3] = changed(lines[3], entry=other)
    assert proofs(lines)[0] == (True, CHAIN)
    assert fault(lines) == ("that the entry is as it was written", {"line": 3, "position": 2})


@pytest.mark.parametrize(
    ("order", "position"),
    [([0, 1, 3, 4, 5], 2), ([0, 2, 1, 3, 4, 5], 1), ([0, 1, 2, 2, 3, 4, 5], 3), ([0, 5], None)],
)
def test_entries_removed_moved_or_doubled_are_found(lines, order, position):
    said, facts = fault([lines[number] for number in order])
    if position is None:
        assert said.startswith("that nothing was cut off or added")
    else:
        assert said == "that no entry was removed, added or moved"
        assert facts["position"] == position


def test_a_file_cut_short_or_with_a_head_of_another_is_found(lines):
    missing = "that nothing was cut off: the signed head is missing"
    assert fault(lines[:-1]) == (missing, {"position": 5})
    assert fault([*lines[:-1], lines[-1][:40]])[0].startswith("anything from this line on")
    assert fault([*lines[:4], lines[-1]])[0].startswith("that nothing was cut off or added")
    assert fault([*lines, lines[1]])[0] == "what stands after the signed head"
    assert fault([])[0].startswith("anything from this line on")
    assert fault(["{}\n", *lines[1:]]) == ("that this is an exported audit log", {"line": 1})


def test_a_head_signed_anew_by_another_is_not_the_installations(lines):
    said = json.loads(lines[-1])
    wrong = "who signed the head: its signature is wrong"
    assert fault([*lines[:-1], changed(lines[-1], unsealed=0)])[0] == wrong
    assert fault([*lines[:-1], changed(lines[-1], signature="?")])[0] == wrong
    assert fault([*lines[:-1], changed(lines[-1], key=said["signature"])])[0] == wrong


def test_a_log_that_is_not_whole_is_not_signed(database, lines, head):
    with database.transaction() as db:
        drop = "DROP TRIGGER audit_seal_no_delete"
        if db.get_bind().dialect.name == "postgresql":
            drop = "DROP TRIGGER audit_seal_append_only ON audit_seal"
        db.execute(text(drop))
        db.execute(text("DELETE FROM audit_seal WHERE position > 3"))
    with database.session(read_only=True) as db, pytest.raises(audit_file.NotWhole, match="head"):
        list(audit_file.export(db, [SECRET], head))
