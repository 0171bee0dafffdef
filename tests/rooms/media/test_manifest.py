from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rooms.media.manifest import Gap, Manifest, Part, SegmentFile, merge, name, parts, peaks

BEGAN = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)


def manifest(dump: str, after: float = 0.0, **changed) -> Manifest:
    values = {
        "recording": "12",
        "started_at": BEGAN + timedelta(seconds=after),
        "duration_s": 2.0,
        "segments": [],
        "parts": [],
        "gaps": [],
        "peaks": {"candidate": [0.5] * 20},
        "dumps": [dump],
    }
    return Manifest(**values | changed)


def segment(offset: float, key: str) -> SegmentFile:
    return SegmentFile(
        role="candidate",
        key=key,
        offset_s=offset,
        duration_s=2.0,
        width=640,
        height=360,
        sound=True,
        size=1,
        sha256="",
    )


def test_each_part_lasts_until_the_next():
    assert parts([(1, 0.0), (2, 240.5), (3, 660.0)], 1080.25) == [
        Part(number=1, start_s=0.0, end_s=240.5),
        Part(number=2, start_s=240.5, end_s=660.0),
        Part(number=3, start_s=660.0, end_s=1080.25),
    ]
    assert parts([], 10.0) == []


@given(
    levels=st.lists(st.tuples(st.floats(-1, 9), st.integers(0, 127)), max_size=40),
    duration=st.floats(0, 8),
)
def test_the_loudest_of_each_tenth_is_kept(levels, duration):
    values = peaks(levels, duration)
    assert -0.001 < len(values) * 0.1 - duration < 0.101
    for index, value in enumerate(values):
        here = [level for moment, level in levels if int(moment / 0.1) == index and moment >= 0]
        loudest = min(here, default=127)
        assert value == round(max(0.0, 1 - loudest / 60), 2)


def test_the_scale_is_in_decibels():
    assert peaks([(0.0, 0), (0.1, 30), (0.2, 60), (0.3, 127)], 0.4) == [1.0, 0.5, 0.0, 0.0]


def test_a_later_dump_is_laid_on_the_first_one_s_timeline():
    whole = merge(
        manifest("a", segments=[segment(0.0, "0")], parts=[Part(number=1, start_s=0, end_s=2)]),
        manifest(
            "b",
            after=5,
            segments=[segment(0.25, "1")],
            parts=[Part(number=2, start_s=1, end_s=2)],
            gaps=[Gap(role="candidate", start_s=0, end_s=0.25)],
            peaks={"candidate": [0.9] * 20, "evaluator": [0.1] * 20},
            dropped=3,
        ),
    )
    assert (whole.started_at, whole.duration_s) == (BEGAN, 7.0)
    assert [(s.key, s.offset_s) for s in whole.segments] == [("0", 0.0), ("1", 5.25)]
    assert whole.parts == [
        Part(number=1, start_s=0, end_s=6),
        Part(number=2, start_s=6, end_s=7),
    ]
    assert whole.gaps == [
        Gap(role="candidate", start_s=2.0, end_s=5.0),
        Gap(role="evaluator", start_s=2.0, end_s=5.0),
        Gap(role="candidate", start_s=5.0, end_s=5.25),
    ]
    assert whole.peaks["candidate"][:70] == [0.5] * 20 + [0.0] * 30 + [0.9] * 20
    assert whole.peaks["evaluator"][:70] == [0.0] * 50 + [0.1] * 20
    assert (whole.dropped, whole.dumps) == (3, ["a", "b"])


def test_it_survives_json_and_refuses_what_it_does_not_know():
    whole = manifest("a", segments=[segment(0.0, "0")])
    assert Manifest.model_validate_json(whole.model_dump_json()) == whole
    with pytest.raises(ValidationError):
        Manifest.model_validate({**whole.model_dump(), "unknown": 1})
    with pytest.raises(ValidationError):
        Manifest.model_validate({**whole.model_dump(), "started_at": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_its_name_lies_beside_the_files():
    assert name("12") == "recordings/12/manifest.json"
