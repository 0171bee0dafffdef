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


def test_a_picture_on_its_way_is_waited_for_and_one_that_comes_late_is_let_fall(
    db, make, storage, me
):
    candidacy = make.candidacy()
    check = identity.open_check(db, candidacy)
    seen = ("identity_card", "2037-01-31", identity.TICKS)
    identity.request_picture(db, me, check)
    clock.move(identity.PICTURE_PATIENCE - timedelta(seconds=1))
    with pytest.raises(Refused, match="La photo demandée arrive"):
        identity.confirm(db, me, candidacy, check, *seen)
    clock.move(timedelta(seconds=1))
    assert (identity.is_requested(check), identity.is_awaited(check, clock.now())) == (True, False)
    identity.confirm(db, me, candidacy, check, *seen)
    assert not identity.is_requested(check)
    assert not identity.keep_picture(db, me, storage, check, jpeg())
    assert (storage.names("identity"), check.picture_key) == ([], None)


def test_asked_again_it_is_waited_for_again_and_the_one_that_came_may_come_twice(
    db, storage, check, me
):
    identity.request_picture(db, me, check)
    clock.move(identity.PICTURE_PATIENCE)
    identity.request_picture(db, me, check)
    assert identity.is_awaited(check, clock.now())
    assert identity.keep_picture(db, me, storage, check, jpeg())
    assert not identity.is_awaited(check, clock.now())
    assert not identity.keep_picture(db, me, storage, check, jpeg(800, 600))
    assert identity.picture(storage, check) == jpeg()


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
