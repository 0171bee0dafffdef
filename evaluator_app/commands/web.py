"""`viva web`: the web process alone, where media and jobs run elsewhere."""

from __future__ import annotations

import sys
from argparse import Namespace

from evaluator_app.commands import secrets_check
from evaluator_app.processes import supervisor as processes
from kernel.settings import load


def run(_arguments: Namespace) -> int:
    """Become gunicorn."""
    if faults := secrets_check.faults(load()):
        print("\n".join(faults), file=sys.stderr)
        return 1
    processes.become(processes.WEB)
    return 1
