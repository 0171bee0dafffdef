"""Calendar files as ical.js reads them, the library of Thunderbird and Nextcloud: one process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
NODE = HERE.parent / ".venv" / "node" / "bin" / "node"
SECONDS = 120


def busy(questions: list[dict[str, object]]) -> list[list[tuple[int, int]] | str]:
    """Return the busy times of each file, or why ical.js does not read it.

    A question: `file` or `text`, the reader's `zone`, `from` and `until` in seconds since 1970.
    """
    asked = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        [NODE, HERE / "calendar_oracle.mjs"],
        input=asked,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return [
        answer["refused"] if "refused" in answer else [tuple(span) for span in answer["spans"]]
        for answer in answers
    ]
