"""A file of results, whatever its format: a report of QTI, or a table that the kernel reads."""

from __future__ import annotations

import codecs

from kernel.errors import N_, TooLarge
from kernel.tables import opening
from kernel.tables.table import MOST_BYTES, OUR_READING, Choices, Table
from written_test.elsewhere.results_reading import qti_results
from written_test.elsewhere.results_reading.mapping import is_title


def open_table(data: bytes, choices: Choices = OUR_READING) -> Table:
    """Read a file of results into a table.

    Raises:
        Invalid: nothing that we can read; the words say why.
        TooLarge: larger than 20 MB, packed or unpacked.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("Ce fichier dépasse 20 Mo."), "file")
    start = (
        data[:200].removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").lstrip(b"\xff\xfe \r\n\t")
    )
    if start.startswith(b"<"):
        return qti_results.read(data)
    return opening.table(data, choices, is_title)
