"""How long it takes, after each interruption of an oral, until both people see each other again.

Runs the end-to-end test that does them all, in real browsers on a demo of its own, and prints what
it measured. From the moment when the cause has ended: the tab is opened again, the network is
back, the process was killed (its restart counts). `kill_web`: until a line of chat, sent and shown
as soon as can be, is on the other's screen; the call itself goes on meanwhile. `kill_jobs`: until
a reload at that very moment is accounted for in the oral's time.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import could_not, figure, progress

CASES = (
    "reload_candidate",
    "reload_evaluator",
    "network_change",
    "crash",
    "offline",
    "kill_media",
    "kill_web",
    "kill_jobs",
)
TEST = "tests/e2e/test_interruptions.py"


def main() -> None:
    """Run the test once and print a line for each interruption."""
    if importlib.util.find_spec("playwright") is None:
        _none("browsers are driven by the development set-up: make setup-dev")
        return
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as folder:
        place = Path(folder) / "figures.json"
        progress("interruptions: two browsers, about two minutes")
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", TEST, "-q", "-p", "no:cacheprovider"],
            env={**os.environ, "INTERRUPTIONS_FIGURES": str(place)},
            stdout=sys.stderr,
            check=False,
        )
        if not place.exists():
            _none(f"the test ended with {ran.returncode}")
            raise SystemExit(1)
        seconds: dict[str, float] = json.loads(place.read_text())
    for case in CASES:
        figure("interruptions", case, 1, "back", [seconds[case]], "s")
    if ran.returncode:
        raise SystemExit(1)


def _none(why: str) -> None:
    for case in CASES:
        could_not("interruptions", case, 1, "back", "s", why)


if __name__ == "__main__":
    main()
