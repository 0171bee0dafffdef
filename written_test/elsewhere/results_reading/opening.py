"""Which format a file is in, by its first bytes and not by its name."""

from __future__ import annotations

import codecs

from kernel.errors import N_, Invalid, TooLarge
from written_test.elsewhere.results_reading import delimited, qti_results, workbook
from written_test.elsewhere.results_reading.tables import MOST_BYTES, Table


def open_table(data: bytes) -> Table:
    """Read a file of results into a table.

    Raises:
        Invalid: nothing that we can read; the words say why.
        TooLarge: larger than 20 MB, packed or unpacked.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("Ce fichier dépasse 20 Mo."), "file")
    if not data.strip():
        raise Invalid(N_("Le fichier est vide : aucune ligne n'y est lisible."), "file")
    if data.startswith(b"PK\x03\x04"):
        return workbook.read(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(
            N_("Ce classeur est dans l'ancien format XLS : enregistrez-le en XLSX."), "file"
        )
    start = (
        data[:200].removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").lstrip(b"\xff\xfe \r\n\t")
    )
    if start.startswith(b"<"):
        return qti_results.read(data)
    return delimited.read(data)
