"""Files are removed after the commit that lets go of them, and only then."""

from __future__ import annotations

from kernel import discarding, held_back, outbox, storage


def test_a_file_goes_with_the_commit_and_stays_without(database, settings):
    kept = storage.from_settings(settings)
    discarding.register(kept)
    kept.put("pictures/one", b"1")
    with database.session() as db:
        discarding.discard(db, "pictures/one")
        db.rollback()
    outbox.drain(database)
    assert kept.names() == ["pictures/one"]
    for _again in range(2):
        with database.transaction() as db:
            discarding.discard(db, "pictures/one")
        outbox.drain(database)
        assert kept.names() == []
    with database.session(read_only=True) as db:
        assert held_back.waiting(db, [discarding.KIND]) == []
        assert outbox.given_up(db, [discarding.KIND]) == []
