"""A set of content as a workbook: a sheet for the set, one for the script, one for the cards.

A line of a sheet is a line of the script or a card; several texts of one cell stand one under the
other. Titles are those that `write` gives, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kernel.errors import N_, Invalid
from kernel.tables import opening
from kernel.tables.book_writing import Sheet, workbook
from kernel.tables.table import Choices, Table, text

SET: Final = "Jeu"
SCRIPT: Final = "Déroulé"
CARDS: Final = "Cartes"
OF_SET: Final = ("Nom", "Langue")
OF_SCRIPT: Final = ("Partie", "Quoi", "Clé", "Domaine", "Niveau", "Texte", "Second texte")
OF_CARDS: Final = (
    *("Code", "Partie", "Niveau", "Domaine", "Titre", "Situation"),
    *("Consignes", "Rôle", "Relances", "À faire surgir"),
)
KINDS: Final = ("nom", "consigne", "ouverture", "conclusion", "thème", "question")
NAME, INSTRUCTION, OPENING, CLOSING, GROUP, PROMPT = KINDS
"""What a line of the script is; the first four stand once or more in a part, the others in part 1.

The second text is the English of a name, an instruction or a group, the easier wording of a prompt.
"""

LINE: Final = "#"
"""Under which a row bears the number of its line."""

Row = Mapping[str, str]


def write(content: Mapping[str, Any]) -> bytes:
    """Return the workbook of a set, given as its file of JSON holds it."""
    sheets = (
        Sheet(SET, (24, 12), [OF_SET, (content["name"], content["language"])]),
        Sheet(SCRIPT, (8, 12, 18, 16, 8, 70, 70), [OF_SCRIPT, *_script_lines(content["script"])]),
        Sheet(
            CARDS,
            (26, 8, 8, 16, 28, 60, 50, 50, 60, 50),
            [OF_CARDS, *(_card_line(card) for card in content["cards"])],
        ),
    )
    return workbook(sheets)


def _script_lines(script: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for part in script["parts"]:
        number = str(part["number"])
        yield number, NAME, "", "", "", part["name"]["fr"], part["name"]["en"]
        for line in part["instructions"]:
            yield number, INSTRUCTION, "", "", "", line["fr"], line["en"]
        for said in part["opening"]:
            yield number, OPENING, "", "", "", said, ""
        for group in part["groups"]:
            name = group["name"]
            yield number, GROUP, group["key"], group["field"], "", name["fr"], name["en"]
            for prompt in group["prompts"]:
                told = (prompt["text"], prompt["simpler"])
                yield number, PROMPT, prompt["key"], "", prompt["level"], *told
        yield number, CLOSING, "", "", "", part["closing"], ""


def _card_line(card: Mapping[str, Any]) -> Sequence[str]:
    content = card["content"]
    return (
        card["code"],
        str(card["part"]),
        card["level"],
        card["field"],
        content["title"],
        content["situation"],
        "\n".join(content["instructions"]),
        content["role"],
        "\n".join(content["prompts"]),
        "\n".join(content["elicit"]),
    )


def read(data: bytes) -> dict[str, Any]:
    """Return what a workbook holds, as a file of JSON would; whether it fits is not looked at.

    Raises:
        Invalid: it cannot be read, or a sheet or a column is not there.
        TooLarge: larger than any table.
    """
    first = next(_rows(data, SET, OF_SET), {})
    return {
        "name": first.get("Nom", ""),
        "language": first.get("Langue", ""),
        "script": {"parts": _parts(list(_rows(data, SCRIPT, OF_SCRIPT)))},
        "cards": [_card(row) for row in _rows(data, CARDS, OF_CARDS)],
    }


def _rows(data: bytes, sheet: str, titles: Sequence[str]) -> Iterator[Row]:
    table: Table = opening.table(data, Choices(sheet=sheet), titles.__contains__)
    if table.read_as.sheet != sheet:
        raise Invalid(N_("Il manque la feuille « %(name)s »."), "file", name=sheet)
    for title in titles:
        if title not in table.columns:
            raise Invalid(
                N_("Il manque la colonne « %(title)s » à la feuille « %(name)s »."),
                "file",
                title=title,
                name=sheet,
            )
    for number, cells in table.lines:
        said = [*map(text, cells), *[""] * len(table.columns)]
        yield {LINE: str(number)} | dict(zip(table.columns, said, strict=False))


def _lines(words: str) -> list[str]:
    """Return the texts that stand one under the other in a cell."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def _number(words: str) -> int | str:
    """Return a number of a part, or what stands in its place."""
    return int(words) if words.isdecimal() else words


def _card(row: Row) -> dict[str, Any]:
    return {
        "code": row["Code"],
        "part": _number(row["Partie"]),
        "level": row["Niveau"],
        "field": row["Domaine"],
        "content": {
            "title": row["Titre"],
            "situation": row["Situation"],
            "instructions": _lines(row["Consignes"]),
            "role": row["Rôle"],
            "prompts": _lines(row["Relances"]),
            "elicit": _lines(row["À faire surgir"]),
        },
    }


def _both(row: Row) -> dict[str, str]:
    return {"fr": row["Texte"], "en": row["Second texte"]}


def _parts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    numbers = dict.fromkeys(row["Partie"] for row in rows)
    return [_part(number, [row for row in rows if row["Partie"] == number]) for number in numbers]


def _part(number: str, rows: Sequence[Row]) -> dict[str, Any]:
    """Return a part of the script: its lines by what they are, prompts under their group."""
    groups: list[dict[str, Any]] = []
    for row in rows:
        if row["Quoi"] not in KINDS or (row["Quoi"] == PROMPT and not groups):
            raise Invalid(
                N_("Ligne %(line)s de la feuille « Déroulé » : « %(what)s » n'y a pas sa place."),
                "file",
                line=row[LINE],
                what=row["Quoi"],
            )
        if row["Quoi"] == GROUP:
            head = {"key": row["Clé"], "field": row["Domaine"], "name": _both(row)}
            groups.append(head | {"prompts": []})
        elif row["Quoi"] == PROMPT:
            prompt = {"key": row["Clé"], "level": row["Niveau"]}
            told = {"text": row["Texte"], "simpler": row["Second texte"]}
            groups[-1]["prompts"].append(prompt | told)
    said = {what: [row for row in rows if row["Quoi"] == what] for what in (NAME, CLOSING)}
    return {
        "number": _number(number),
        "name": _both(said[NAME][0]) if said[NAME] else {},
        "instructions": [_both(row) for row in rows if row["Quoi"] == INSTRUCTION],
        "opening": [row["Texte"] for row in rows if row["Quoi"] == OPENING],
        "closing": said[CLOSING][0]["Texte"] if said[CLOSING] else "",
        "groups": groups,
    }
