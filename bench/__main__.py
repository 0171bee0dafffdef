"""`python -m bench NAME`: one benchmark, `all` of them one after the other, or `list`."""

from __future__ import annotations

import subprocess
import sys

BENCHES = (
    "adaptive",
    "booking",
    "console",
    "documents",
    "interruptions",
    "loss",
    "pages",
    "raters",
    "rooms",
    "verdict",
    "written",
)
USAGE = f"usage: python -m bench {{{' | '.join(BENCHES)} | all | list}}"


def main(arguments: list[str]) -> int:
    """Run what `arguments` name; 0 well, 1 a benchmark failed, 2 wrong usage."""
    match arguments:
        case ["list"]:
            print(*BENCHES, sep="\n")
            return 0
        case ["all"]:
            names = BENCHES
        case [name] if name in BENCHES:
            names = (name,)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    # A process each: what one leaves in memory must not weigh on the next.
    runs = [subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False) for name in names]
    return 1 if any(run.returncode for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
