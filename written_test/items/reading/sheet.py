"""Questions in a table: CSV (any usual separator and encoding) and XLSX; docs name the columns."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from kernel.errors import N_, VivaError
from kernel.tables import delimited, encodings, workbook
from kernel.tables.table import Fault, Line, parted, text
from written_test.items.reading import tags
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    refused,
)
from written_test.items.reading.packages import Package
from written_test.items.reading.rows import body_of
from written_test.items.reading.tags import Tags
from written_test.questions.kinds import Body, Kind

_NAMES: Final = {
    "code": ("code", "id", "identifier", "identifiant", "item"),
    "kind": ("kind", "type", "genre"),
    "skill": ("skill", "competence"),
    "level": ("level", "niveau"),
    "field": ("field", "domaine", "secteur"),
    "seconds": ("seconds", "secondes", "time", "temps", "duree"),
    "prompt": ("prompt", "consigne", "enonce", "stem"),
    "passage": ("passage", "texte a lire", "text to read"),
    "title": ("title", "titre"),
    "text": ("text", "texte", "texte a trous", "gap text"),
    "question": ("question",),
    "options": ("options", "choices", "choix", "reponses"),
    "answer": ("answer", "reponse", "key", "cle", "corrige"),
    "shuffle": ("shuffle", "melanger", "melange"),
    "a": ("a", "discrimination"),
    "b": ("b", "difficulty", "difficulte"),
    "c": ("c", "guessing", "pseudo-chance"),
}
_COLUMNS: Final = {name: column for column, names in _NAMES.items() for name in names}
_KINDS: Final = {
    **{kind.value: kind for kind in Kind},
    "gap choice": Kind.GAP_CHOICE,
    "gap free": Kind.GAP_FREE,
    "choix unique": Kind.SINGLE,
    "choix multiple": Kind.MULTIPLE,
    "trous a choix": Kind.GAP_CHOICE,
    "trous libres": Kind.GAP_FREE,
    "ordre": Kind.ORDERING,
    "association": Kind.MATCHING,
    "lecture": Kind.READING,
    "texte": Kind.READING,
}
MOST_CELL: Final = 32_000
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, by column."""

    line: int
    cells: Cells
    fault: Fault | None = None  # a cell whose value is not known


def read_csv(filename: str, words: str, defaults: Defaults) -> list[Entry]:
    """Return the entries of a CSV file. Raise NotTaken when it is no table of questions."""
    with _not_taken():
        return _entries(filename, _rows(delimited.of_text(words).lines), defaults)


def read_xlsx(filename: str, data: bytes, defaults: Defaults) -> list[Entry]:
    """Return the entries of a workbook's first visible sheet. Raise NotTaken."""
    Package(data)  # refuses what unpacks to more than a bank
    with _not_taken():
        return _entries(filename, _rows(workbook.read(data).lines), defaults)


@contextmanager
def _not_taken() -> Iterator[None]:
    """Let what a table cannot be read for be why its questions are not taken."""
    try:
        yield
    except VivaError as error:
        params = dict(error.params)
        line = params.get("at", 0)
        raise NotTaken(error.message, int(str(line)), **params) from None


def is_workbook(data: bytes) -> bool:
    """Tell whether an archive is a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def decoded(data: bytes) -> str:
    """Return the text of a file whose encoding leaves no doubt. Raise NotTaken."""
    with _not_taken():
        return encodings.sure(data)


def plain_name(word: str) -> str:
    """Return a header or a kind as it is compared: case, accents, blanks and dashes aside."""
    taken = unicodedata.normalize("NFKD", word.strip().casefold())
    bare = "".join(letter for letter in taken if not unicodedata.combining(letter))
    return " ".join(bare.replace("_", " ").split())


_OPTION: Final = re.compile(r"(?:option|choice|choix|reponse) ?(?:\d+|[a-h])")


def _rows(lines: Iterator[Line]) -> Iterator[Row]:
    _above, (line, titles), rest = parted(lines, knows=lambda title: _column(title) != "")
    header = [_column(text(cell)) for cell in titles]
    missing = [name for name in ("code", "kind") if name not in header]
    if missing:
        raise NotTaken(
            N_("La colonne « %(name)s » manque dans la première ligne."),
            line=line,
            name=missing[0],
        )
    twice = [name for name in header if name not in ("", "option") and header.count(name) > 1]
    if twice:
        raise NotTaken(
            N_("La colonne « %(name)s » s'y trouve deux fois."), line=line, name=twice[0]
        )
    for line, cells in rest:
        read = [cell for name, cell in zip(header, cells, strict=False) if name]
        fault = next((cell for cell in read if isinstance(cell, Fault)), None)
        yield Row(line, _by_column(header, [text(cell) for cell in cells]), fault)


def _column(cell: str) -> str:
    name = plain_name(cell)
    return _COLUMNS.get(name, "option" if _OPTION.fullmatch(name) else "")


def _by_column(header: list[str], cells: list[str]) -> Cells:
    by_name: Cells = {}
    several = []
    for name, cell in zip(header, cells, strict=False):
        words = cell.strip().replace("\r\n", "\n").replace("\x00", "")[:MOST_CELL]
        if name == "option" and words:
            several.append(re.sub(r"([\\|=])", r"\\\1", words))
        elif name and name != "option":
            by_name[name] = words
    if several and not by_name.get("options"):
        by_name["options"] = "|".join(several)
    return by_name


def _entries(filename: str, rows: Iterator[Row], defaults: Defaults) -> list[Entry]:
    """Return one entry a question: rows that follow each other with one code are one text's."""
    groups: list[list[Row]] = []
    for row in rows:
        last = groups[-1] if groups else []
        code = row.cells.get("code", "")
        goes_on = bool(last) and code in ("", last[0].cells.get("code")) and _reads(last[0])
        if goes_on and (_reads(row) or not row.cells.get("kind")):
            last.append(row)
        else:
            groups.append([row])
        if len(groups) > MOST_ENTRIES:
            raise NotTaken(
                N_("Le fichier compte plus de %(most)s questions : partagez-le."), most=MOST_ENTRIES
            )
    return [_entry(filename, group, defaults) for group in groups]


def _kind(row: Row) -> Kind | None:
    return _KINDS.get(plain_name(row.cells.get("kind", "")))


def _reads(row: Row) -> bool:
    return _kind(row) is Kind.READING


def _entry(filename: str, group: list[Row], defaults: Defaults) -> Entry:
    first = group[0]
    code = first.cells.get("code", "")
    try:
        for row in group:
            if row.fault is not None:
                raise NotTaken(row.fault.why, line=row.line, **row.fault.params)
        kind = _kind(first)
        if kind is None:
            raise NotTaken(
                N_("« %(kind)s » n'est pas un type de question connu."),
                kind=first.cells.get("kind", "")[:80],
            )
        cells = [row.cells for row in group]
        body: Body = body_of(kind, cells, defaults.language, shuffle=_shuffled(first))
        draft = tags.draft(code, body, _tags(group), defaults)
    except NotTaken as error:
        return refused(filename, code[:120], error, first.line)
    return Entry(filename, first.line, draft.code, draft)


_YES_OR_NO: Final = {
    **dict.fromkeys(("", "1", "oui", "yes", "true", "vrai"), True),
    **dict.fromkeys(("0", "non", "no", "false", "faux"), False),
}


def _shuffled(row: Row) -> bool:
    said = row.cells.get("shuffle", "")
    shuffle = _YES_OR_NO.get(plain_name(said))
    if shuffle is None:
        raise NotTaken(N_("« %(word)s » n'est ni oui ni non."), word=said[:80])
    return shuffle


def _tags(group: list[Row]) -> Tags:
    first = group[0].cells
    return Tags(
        skill=tags.read_skill(first["skill"]) if first.get("skill") else None,
        level=tags.read_level(first["level"]) if first.get("level") else "",
        field=tags.read_field(first["field"]) if first.get("field") else None,
        seconds=tags.read_seconds(first["seconds"]) if first.get("seconds") else 0,
        **{
            name: ";".join(row.cells.get(name, "") for row in group).strip(";")
            for name in ("a", "b", "c")
        },
    )
