from __future__ import annotations

import pytest

from kernel import permissions
from kernel.errors import Forbidden
from kernel.permissions import SYSTEM, Actor, Permission, Role, check, may, rule


@pytest.fixture
def bare(monkeypatch):
    monkeypatch.setattr(permissions, "_rules", {})


def test_what_nobody_decided_is_refused(db, bare):
    assert may(db, SYSTEM, Permission.ENROL) is False
    with pytest.raises(Forbidden):
        check(db, SYSTEM, Permission.ENROL)


def test_a_rule_decides_by_actor_and_thing(db, bare):
    @rule(Permission.ENROL)
    def _enrol(_db, actor, thing):
        return actor.role is Role.ORGANISATION and actor.organisation_id == thing

    member = Actor(user_id=1, role=Role.ORGANISATION, organisation_id=7)
    assert may(db, member, Permission.ENROL, 7) is True
    assert may(db, member, Permission.ENROL, 8) is False
    check(db, member, Permission.ENROL, 7)


def test_a_permission_is_decided_once(bare):
    rule(Permission.ENROL)(lambda _db, _actor, _thing: True)
    with pytest.raises(ValueError, match=r"candidacy\.enrol"):
        rule(Permission.ENROL)(lambda _db, _actor, _thing: False)
