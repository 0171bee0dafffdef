"""Identity pictures: encrypted, and gone in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pictures import jpeg
from sqlalchemy import select

from kernel import clock, discarding, outbox, strays
from kernel.audit import AuditEntry
from kernel.errors import Invalid, NotThere, Refused
from kernel.storage import from_settings
from proctor import identity
from proctor.jobs import purge_identity_pictures
from proctor.pictures import check_jpeg


@pytest.fixture
def storage(settings):
    return from_settings(settings)


@pytest.fixture
def check(db, make):
    return identity.open_check(db, make.candidacy())


@pytest.fixture
def me(make):
    return make.evaluator().actor


def test_a_picture_is_encrypted_and_replaced(database, db, storage, check, me):
    with pytest.raises(Refused):
        identity.keep_picture(db, me, storage, check, jpeg())
    identity.request_picture(db, me, check)
    assert identity.is_requested(check)
    identity.keep_picture(db, me, storage, check, jpeg())
    assert not identity.is_requested(check)
    (name,) = storage.names("identity")
    assert b"JFIF" not in (storage.root / name).read_bytes()
    identity.request_picture(db, me, check)
    identity.keep_picture(db, me, storage, check, jpeg(800, 600))
    assert len(storage.names("identity")) == 2  # the first may still be named: nothing is committed
    discarding.register(storage)
    kept = check.picture_key
    db.commit()
    outbox.drain(database)
    assert storage.names("identity") == [kept]
    assert identity.picture(storage, check) == jpeg(800, 600)


def test_a_picture_that_has_not_come_when_it_is_decided_is_not_waited_for(db, make, me):
    candidacy = make.candidacy()
    check = identity.open_check(db, candidacy)
    identity.request_picture(db, me, check)
    identity.confirm(db, me, candidacy, check, "identity_card", "2037-01-31", identity.TICKS)
    assert not identity.is_requested(check)


def test_it_is_gone_after_its_hours(db, settings, storage, check, me):
    identity.request_picture(db, me, check)
    identity.keep_picture(db, me, storage, check, jpeg())
    clock.move(timedelta(hours=71))
    assert purge_identity_pictures(db, storage, settings) == 0
    clock.move(timedelta(hours=1))
    assert purge_identity_pictures(db, storage, settings) == 1
    assert purge_identity_pictures(db, storage, settings) == 0
    assert (storage.names("identity"), check.picture_key) == ([], None)
    assert check.picture_purged_at is not None
    with pytest.raises(NotThere):
        identity.picture(storage, check)
    acts = db.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["identity.request_picture", "identity.keep_picture", "identity.purge_picture"]


def test_a_file_that_no_row_names_goes_too(db, settings, storage):
    storage.put(f"identity/{strays.new_name()}-stray.jpg", b"x")
    clock.move(timedelta(hours=24))
    storage.put(f"identity/{strays.new_name()}-fresh.jpg", b"x")
    assert purge_identity_pictures(db, storage, settings) == 1
    assert [name.endswith("-fresh.jpg") for name in storage.names("identity")] == [True]


def test_sizes_are_read_from_the_picture():
    assert check_jpeg(jpeg(1920, 1080)) == (1920, 1080)
    for wrong in (jpeg(1920, 1080)[:-1], jpeg(9000, 1000), jpeg(100, 1000), b"\xff\xd8\xff\xd9"):
        with pytest.raises(Invalid):
            check_jpeg(wrong)
