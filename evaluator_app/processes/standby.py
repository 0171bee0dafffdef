"""A spare process: it has loaded what is slow to load, and waits to take a dead one's place.

`python -m evaluator_app.processes.standby LOADS MODULE [ARGUMENTS…]`: imports the modules of LOADS
(separated by commas), waits for a line on its standard input, then is `python -m MODULE
ARGUMENTS…`. When nobody is left to write that line, it ends.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys

from evaluator_app.processes.supervisor import SPARE, call_oneself, die_with_parent


def main(loads: str, module: str, *arguments: str) -> None:
    """Load, wait, and become the command."""
    die_with_parent()
    call_oneself(SPARE)
    for name in loads.split(","):
        importlib.import_module(name)
    if not sys.stdin.readline():
        return
    call_oneself("viva")
    with open(os.devnull) as nothing:  # noqa: PTH123 -- a descriptor is wanted, not a file
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
