"""Several recordings of one oral become one timeline: the module itself, run by node."""

from __future__ import annotations

import json
import subprocess

from kernel.settings import HERE

MODULE = HERE / "frontend" / "playback" / "timeline.js"


def call(name: str, argument: object) -> object:
    script = f"""import {{ {name} }} from {json.dumps(MODULE.as_uri())};
process.stdout.write(JSON.stringify({name}({json.dumps(argument)})));"""
    command = ["node", "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def recorded(began: str, seconds: float, number: int) -> dict:
    """Return a recording of the candidate alone, of one segment and one part."""
    return {
        "manifest": {
            "started_at": f"2026-12-03T14:{began}Z",
            "duration_s": seconds,
            "segments": [{"role": "candidate", "key": f"{began}.webm", "offset_s": 0.5}],
            "parts": [{"number": number, "start_s": 0, "end_s": seconds}],
            "gaps": [{"role": "candidate", "start_s": 1, "end_s": 2.5}],
            "peak_s": 0.5,
            "peaks": {"candidate": [0.25 * number] * int(seconds / 0.5)},
        },
        "files": [f"/{began}.webm"],
    }


def test_two_recordings_are_joined_in_their_order_of_time():
    found = call("whole", [recorded("30:08", 4, 2), recorded("30:00", 5, 1)])
    assert found["files"] == ["/30:00.webm", "/30:08.webm"]
    whole = found["manifest"]
    assert whole["duration_s"] == 12
    assert [one["offset_s"] for one in whole["segments"]] == [0.5, 8.5]
    assert [(one["number"], one["start_s"], one["end_s"]) for one in whole["parts"]] == [
        (1, 0, 5),
        (2, 8, 12),
    ]
    assert [(one["start_s"], one["end_s"]) for one in whole["gaps"]] == [
        (1, 2.5),
        (5, 8),
        (9, 10.5),
    ]
    assert whole["peaks"]["candidate"] == [0.25] * 10 + [0] * 6 + [0.5] * 8


def test_one_stays_as_it_is_and_what_is_not_ready_is_left_out():
    one = recorded("30:00", 5, 1)
    assert call("whole", [{"manifest": None, "files": []}, one]) == one
    assert call("whole", []) is None


def test_absences_that_touch_are_one():
    gaps = [
        {"role": "candidate", "start_s": 12, "end_s": 15},
        {"role": "evaluator", "start_s": 10, "end_s": 12},
        {"role": "candidate", "start_s": 10, "end_s": 12},
        {"role": "candidate", "start_s": 30, "end_s": 31.5},
    ]
    assert [(g["role"], g["start_s"], g["end_s"]) for g in call("absences", gaps)] == [
        ("evaluator", 10, 12),
        ("candidate", 10, 15),
        ("candidate", 30, 31.5),
    ]
