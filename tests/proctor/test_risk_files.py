"""The risk file: versioned, complete before detection is on, and nothing looked for without it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid
from proctor import risk_files

WORDS = {name: f"À propos de {name}." for name in risk_files.PARTS}


@pytest.fixture
def certification(make):
    return make.certification()


@pytest.fixture
def boss(make):
    return make.coordinator().actor


def test_without_a_file_detection_is_off(db, settings, certification):
    assert settings.face_detection
    assert risk_files.in_force(db, settings, certification.id) is None


def test_each_change_is_a_version_and_an_audit_line(db, settings, make, certification, boss):
    first = risk_files.write(db, boss, certification, WORDS, detection=False)
    assert risk_files.write(db, boss, certification, WORDS, detection=False) is first
    assert risk_files.in_force(db, settings, certification.id) is None
    second = risk_files.write(db, boss, certification, WORDS, detection=True)
    assert risk_files.in_force(db, settings, certification.id) is second
    assert risk_files.in_force(db, settings, make.certification().id) is None
    third = risk_files.write(db, boss, certification, WORDS | {"logs": "Autres."}, detection=False)
    assert risk_files.in_force(db, settings, certification.id) is None
    versions = risk_files.versions(db, certification.id)
    assert versions == [third, second, first]
    assert [version.number for version in versions] == [3, 2, 1]
    assert second.written_by_id == boss.user_id
    written = select(AuditEntry.data).where(AuditEntry.act == "risk_file.write")
    assert db.scalars(written.order_by(AuditEntry.id)).all() == [
        {"number": 1, "detection": False},
        {"number": 2, "detection": True},
        {"number": 3, "detection": False},
    ]


def test_an_installation_may_forbid_it_everywhere(db, settings, certification, boss):
    risk_files.write(db, boss, certification, WORDS, detection=True)
    forbidding = settings.model_copy(update={"face_detection": False})
    assert risk_files.in_force(db, forbidding, certification.id) is None


@pytest.mark.parametrize("lacking", risk_files.PARTS)
def test_a_part_that_lacks_leaves_it_off(db, settings, certification, boss, lacking):
    with pytest.raises(Invalid) as refused:
        risk_files.write(db, boss, certification, WORDS | {lacking: "  "}, detection=True)
    assert refused.value.field == lacking
    assert risk_files.versions(db, certification.id) == []


def test_too_many_words_are_refused(db, certification, boss):
    with pytest.raises(Invalid):
        risk_files.write(db, boss, certification, {"logs": "x" * 4001}, detection=False)


def test_only_the_certifier_writes_it(db, make, certification):
    for stranger in (make.evaluator(), make.candidacy().candidate.user):
        with pytest.raises(Forbidden):
            risk_files.write(db, stranger.actor, certification, WORDS, detection=False)
