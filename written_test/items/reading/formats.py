"""Find the format of a file and read it; whatever is wrong with it comes back as an entry."""

from __future__ import annotations

from typing import Final

from kernel.errors import N_
from written_test.items.reading import aiken, gift, moodle, qti, sheet, tags
from written_test.items.reading.entries import (
    MOST_BYTES,
    Defaults,
    Entry,
    NotTaken,
    Read,
    check_codes,
    refused,
)
from written_test.items.reading.packages import Package
from written_test.items.reading.xml import name_of, parse

_ZIP: Final = b"PK\x03\x04"
_Entries = tuple[str, list[Entry]]


def read(filename: str, data: bytes, defaults: Defaults) -> Read:
    """Return the questions of a file, each a draft or refused with its line and reason.

    A file that is not read at all gives one entry, which says why. The format is found by what
    the file holds; only plain text goes by its name: `.gift` and `.txt` are GIFT, else a table.
    """
    filename = filename.replace("\\", "/").rpartition("/")[2][:200] or "?"
    try:
        form, entries = _read(filename, data, defaults)
        if not entries:
            raise NotTaken(N_("Ce fichier ne contient aucune question."))
    except NotTaken as error:
        return Read("", (refused(filename, "", error),))
    return Read(form, check_codes([tags.remarked(entry) for entry in entries]))


def _read(filename: str, data: bytes, defaults: Defaults) -> _Entries:
    if not data.strip():
        raise NotTaken(N_("Ce fichier est vide."))
    if len(data) > MOST_BYTES:
        raise NotTaken(
            N_("Ce fichier dépasse %(mb)s Mo : partagez-le."), mb=MOST_BYTES // (1024 * 1024)
        )
    if data.startswith(_ZIP) or filename.lower().endswith((".zip", ".xlsx", ".imscc")):
        if sheet.is_workbook(data):
            return "xlsx", sheet.read_xlsx(filename, data, defaults)
        return "qti", qti.read_package(Package(data), defaults)
    if _is_xml(filename, data):
        return _read_xml(filename, data, defaults)
    return _read_text(filename, data, defaults)


def _is_xml(filename: str, data: bytes) -> bool:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or filename.lower().endswith(".xml")


def _read_xml(filename: str, data: bytes, defaults: Defaults) -> _Entries:
    root = parse(data)
    if name_of(root) == "quiz":
        return "moodle", moodle.read(filename, root, defaults)
    return "qti", qti.read_item(filename, root, defaults)


def _read_text(filename: str, data: bytes, defaults: Defaults) -> _Entries:
    name = filename.lower()
    if name.endswith((".csv", ".tsv", ".tab")):
        return "csv", sheet.read_csv(filename, sheet.decoded(data), defaults)
    if not name.endswith((".gift", ".txt", ".aiken")):
        raise NotTaken(
            N_(
                "Ce format n'est pas connu. Sont lus : QTI (zip ou xml), Moodle XML, GIFT, Aiken, "
                "CSV et XLSX."
            )
        )
    text = sheet.decoded(data)
    if not name.endswith(".gift") and aiken.looks_like(text):
        return "aiken", aiken.read(filename, text, defaults)
    if not gift.looks_like(text):
        raise NotTaken(
            N_(
                "Ce texte n'est ni du GIFT (réponses entre accolades) ni de l'Aiken "
                "(ligne ANSWER:)."
            )
        )
    return "gift", gift.read(filename, text, defaults)
