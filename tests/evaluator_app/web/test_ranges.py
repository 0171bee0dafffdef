"""The part of a file that a player asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from evaluator_app.web.ranges import asked_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("bytes=5-4", None),
        ("bytes=0-1,4-5", None),
        ("bytes=-0", None),
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("bytes=90-500", (90, 100)),
        ("bytes=0-", (0, 40)),
        ("bytes=70-", (70, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
    ],
)
def test_a_range_header_is_read_as_the_rfc_says(header, expected):
    assert asked_of(header, 100, 40) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200"])
def test_a_range_past_the_end_is_told(header):
    with pytest.raises(RequestedRangeNotSatisfiable):
        asked_of(header, 100, 40)


@given(header=st.text(max_size=40), size=st.integers(0, 10**12), cap=st.integers(1, 10**9))
def test_no_header_breaks_the_reading_of_ranges(header, size, cap):
    try:
        span = asked_of(header, size, cap)
    except RequestedRangeNotSatisfiable:
        return
    assert span is None or 0 <= span[0] < span[1] <= size
