"""Which format a table is in, by its first bytes and not by its name."""

from __future__ import annotations

from typing import Final

from kernel.errors import N_, Invalid, TooLarge
from kernel.tables import delimited, workbook
from kernel.tables.table import MOST_BYTES, OUR_READING, Choices, Knows, Raw, Table, titled

_PACKAGE: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")


def raw(data: bytes, choices: Choices = OUR_READING) -> Raw:
    """Read a CSV or XLSX file into lines.

    Raises:
        Invalid: nothing that we can read; the words say why.
        TooLarge: larger than 20 MB, packed or unpacked.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("Ce fichier dépasse 20 Mo."), "file")
    if not data.strip():
        raise Invalid(N_("Le fichier est vide : aucune ligne n'y est lisible."), "file")
    if data.startswith(_PACKAGE):
        return workbook.read(data, choices)
    if data.startswith(_OLD) and _LOCKED in data:
        raise Invalid(
            N_("Ce classeur est protégé par un mot de passe : retirez-le, puis recommencez."),
            "file",
        )
    if data.startswith(_OLD):
        raise Invalid(
            N_("Ce classeur est dans l'ancien format XLS : enregistrez-le en XLSX."), "file"
        )
    return delimited.read(data, choices)


def table(data: bytes, choices: Choices = OUR_READING, knows: Knows | None = None) -> Table:
    """Read a CSV or XLSX file into a table; `knows`: see `titled`.

    Raises:
        Invalid: nothing that we can read; the words say why.
        TooLarge: larger than 20 MB, packed or unpacked, or too many lines.
    """
    return titled(raw(data, choices), choices.header, knows)
