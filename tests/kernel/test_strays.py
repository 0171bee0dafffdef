"""Files that no row names: found by the moment that their names begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock, retention, storage, strays
from kernel.retention import RetentionClass


def test_a_name_says_when_its_file_was_made():
    assert strays.made_at(f"a/folder/{strays.new_name()}.pdf") == clock.now().replace(microsecond=0)


@pytest.mark.parametrize("name", ["one.pdf", "proofs/1/one.pdf", "proofs/fffffffffffffffff-x.pdf"])
def test_any_other_name_is_of_long_ago(name):
    assert strays.made_at(name) == datetime.min.replace(tzinfo=UTC)


def test_what_is_old_and_in_no_row_goes(settings):
    kept = storage.from_settings(settings)
    first = [kept.put(f"here/{strays.new_name()}", b"x").key for _ in range(2)]
    elsewhere = kept.put(f"there/{strays.new_name()}", b"x").key
    clock.move(retention.fixed(RetentionClass.STRAY) - timedelta(seconds=1))
    assert strays.old(kept, "here") == []  # a transaction may still be open
    clock.move(timedelta(seconds=1))
    young = kept.put(f"here/{strays.new_name()}", b"x").key
    assert strays.old(kept, "here") == sorted(first)
    assert strays.remove(kept, strays.old(kept, "here"), {first[0], None}) == 1
    assert kept.names() == sorted([first[0], young, elsewhere])
