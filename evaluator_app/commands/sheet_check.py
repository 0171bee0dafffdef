"""`viva sheet check`: what a table holds, cell by cell as it is shown, a JSON line each row."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from kernel import i18n
from kernel.errors import N_, VivaError
from kernel.i18n import Locale
from kernel.tables import opening
from kernel.tables.table import Choices, Fault, Line, text
from written_test.elsewhere.results_reading.cells import is_shortened

SHORTENED = N_("Excel a abrégé un long numéro : des chiffres manquent.")


def run(arguments: Namespace) -> int:
    """Read one file; exit 1 if it was refused whole."""
    choices = Choices(
        sheet=arguments.sheet, encoding=arguments.encoding, separator=arguments.separator
    )
    try:
        raw = opening.raw(Path(arguments.file).read_bytes(), choices)
        doubts = [i18n.gettext(Locale.EN, doubt.words, **doubt.params) for doubt in raw.doubts]
        if doubts:
            return _print(refused=" ".join(doubts))
        for line in raw.lines:
            if any(map(text, line[1])):
                _row(line)
    except VivaError as error:
        return _print(refused=i18n.refusal(error, Locale.EN))
    except OSError as error:
        return _print(refused=error.strerror or str(error))
    return 0


def _row(line: Line) -> None:
    number, cells = line
    whys = [
        i18n.gettext(Locale.EN, cell.why, **cell.params)
        for cell in cells
        if isinstance(cell, Fault)
    ]
    shortened = i18n.gettext(Locale.EN, SHORTENED)
    whys += [f"{text(cell)}: {shortened}" for cell in cells if is_shortened(cell)]
    if whys:
        _print(row=number, refused=" ".join(whys))
    else:
        _print(row=number, cells=[text(cell) for cell in cells])


def _print(**said: object) -> int:
    """Print a line; return what a file that is refused ends with."""
    print(json.dumps(said, ensure_ascii=False), flush=True)
    return 1
