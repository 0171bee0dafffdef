"""Moodle XML: a quiz of questions, with their categories, tags and sounds."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from kernel.errors import N_
from written_test.items.reading import sounds, tags
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    refused,
)
from written_test.items.reading.moodle_kinds import BUILDERS, Asked
from written_test.items.reading.plain_text import from_html, from_lines
from written_test.items.reading.xml import Element, line_of

REFUSED: Final = {
    "essay": N_("réponse rédigée"),
    "numerical": N_("réponse numérique"),
    "calculated": N_("question calculée"),
    "calculatedmulti": N_("question calculée"),
    "calculatedsimple": N_("question calculée"),
    "ddimageortext": N_("glisser-déposer sur une image"),
    "ddmarker": N_("repères sur une image"),
    "description": N_("texte sans question"),
    "random": N_("tirage au sort"),
    "randomsamatch": N_("tirage au sort"),
    "stack": N_("calcul formel"),
    "coderunner": N_("programme à écrire"),
    "recordrtc": N_("enregistrement de la voix"),
}
"""Kinds that exist in Moodle and are named in the report."""


def read(filename: str, root: Element, defaults: Defaults) -> list[Entry]:
    """Return the entries of a quiz."""
    category = ""
    entries = []
    for element in root.iterchildren("question"):
        kind = str(element.get("type") or "")
        if kind == "category":
            category = text_of(element.find("category"))
            continue
        entries.append(_entry(filename, element, kind, category, defaults))
        if len(entries) > MOST_ENTRIES:
            raise NotTaken(
                N_("Le fichier compte plus de %(most)s questions : partagez-le."), most=MOST_ENTRIES
            )
    return entries


def text_of(element: Element | None) -> str:
    """Return what stands in an element's <text>."""
    found = element.find("text") if element is not None else None
    return "".join(found.itertext()).strip() if found is not None else ""


def _entry(filename: str, element: Element, kind: str, category: str, defaults: Defaults) -> Entry:
    code = (element.findtext("idnumber") or "").strip() or text_of(element.find("name"))
    line = line_of(element)
    try:
        if kind in REFUSED:
            raise NotTaken(
                N_("Le type « %(kind)s » n'est pas pris en charge (%(what)s)."),
                kind=kind,
                what=REFUSED[kind],
            )
        build = BUILDERS.get(kind)
        if build is None:
            raise NotTaken(N_("Le type « %(kind)s » n'est pas connu."), kind=kind[:60])
        asked = _asked(element, defaults)
        body, notes = build(asked)
        words = [category, *(text_of(tag) for tag in element.iterfind("tags/tag"))]
        draft = tags.draft(code, body, tags.read_tags(words), defaults, asked.sound)
    except NotTaken as error:
        return refused(filename, code[:120], error, line)
    return Entry(filename, line, draft.code, draft, notes=notes)


def shown(element: Element | None) -> tuple[str, list[str]]:
    """Return the plain text of an element with a `format`, and the sounds in it. Raise NotTaken."""
    if element is None:
        return "", []
    text = text_of(element)
    if element.get("format") in ("plain_text", "moodle_auto_format", "markdown") or (
        element.get("format") is None and "<" not in text
    ):
        if re.search(r"<(?:img|video|svg|iframe)\b", text, re.IGNORECASE):
            return from_html(text)
        return from_lines(text), []
    return from_html(text)


def _asked(element: Element, defaults: Defaults) -> Asked:
    question = element.find("questiontext")
    text, addresses = shown(question)
    sound = ("", b"")
    if addresses:
        sound = _sound(question, addresses[0])
    return Asked(element, text, defaults.language, sound)


def _sound(question: Element, address: str) -> tuple[str, bytes]:
    name = address.rpartition("/")[2]
    for file in question.iterfind("file"):
        if file.get("name") == name:
            try:
                data = base64.b64decode("".join((file.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                break
            return name, sounds.check(name, data, line_of(file))
    raise NotTaken(N_("Le son « %(name)s » manque dans le fichier."), name=name[:200])
