"""How a benchmark says what it measured: one JSON object a line, nothing else."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence


def figure(bench: str, case: str, n: int, name: str, rounds: Sequence[float], unit: str) -> None:
    """Print the median of `rounds` with their number and extremes."""
    _line(
        {
            "bench": bench,
            "case": case,
            "n": n,
            "figure": name,
            "value": _short(statistics.median(rounds)),
            "unit": unit,
            "rounds": len(rounds),
            "min": _short(min(rounds)),
            "max": _short(max(rounds)),
        }
    )


def could_not(bench: str, case: str, n: int, name: str, unit: str, why: str) -> None:
    """Print that `case` could not run, and why."""
    _line(
        {
            "bench": bench,
            "case": case,
            "n": n,
            "figure": name,
            "value": None,
            "unit": unit,
            "why": why,
        }
    )


def progress(words: str) -> None:
    """Tell a person who waits what is going on."""
    print(words, file=sys.stderr, flush=True)


def _line(values: dict[str, object]) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)


def _short(value: float) -> float:
    return float(f"{value:.4g}")
