"""`viva worker`: the jobs process alone."""

from __future__ import annotations

from argparse import Namespace

from evaluator_app.processes import logs
from evaluator_app.processes.jobs import Worker
from evaluator_app.processes.supervisor import die_with_parent
from kernel.settings import load


def run(_arguments: Namespace) -> int:
    """Empty the outbox and do what recurs, until SIGTERM."""
    die_with_parent()
    logs.configure()
    Worker(load()).run()
    return 0
