"""`viva audit check FILE`: what an audit file proves, a JSON line each; no database is asked."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from kernel import audit_file


def run(arguments: Namespace) -> int:
    """Print what is proven, last the first thing that is not; exit 1 where the file is at fault.

    A file that is whole proves all that a file alone can: whose key signed it is for people to
    compare (`--key`), and what came later no file tells.
    """
    try:
        findings = audit_file.check(_lines(Path(arguments.file)), arguments.key)
    except OSError as error:
        print(f"viva: {arguments.file} cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    for finding in findings:
        print(json.dumps({"file": arguments.file, **finding.as_json()}, ensure_ascii=False))
    return 1 if any(finding.fault for finding in findings) else 0


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(audit_file.MOST_LINE + 1):
            yield line
