"""`viva bench NAME`: figures, one JSON object a line on standard output."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace

from kernel.settings import HERE


def run(arguments: Namespace) -> int:
    """Run the benchmark in a process of its own, from the project's folder."""
    command = [sys.executable, "-m", "bench", arguments.name]
    return subprocess.run(command, cwd=HERE, check=False).returncode  # noqa: S603 -- our own module
