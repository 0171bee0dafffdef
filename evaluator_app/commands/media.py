"""`viva media`: the media server alone."""

from __future__ import annotations

from argparse import Namespace

from evaluator_app.processes import logs
from evaluator_app.processes.supervisor import die_with_parent
from kernel.settings import load
from rooms.media.serving import serve


def run(_arguments: Namespace) -> int:
    """Carry the media of every room until SIGTERM."""
    die_with_parent()
    logs.configure()
    serve(load())
    return 0
