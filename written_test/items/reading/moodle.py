"""Moodle XML: a quiz of questions, with their categories, tags and sounds."""

from __future__ import annotations

from typing import Final

from kernel.errors import N_
from written_test.items.reading import tags
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    refused,
)
from written_test.items.reading.moodle_kinds import BUILDERS
from written_test.items.reading.moodle_texts import asked, text_of
from written_test.items.reading.xml import Element, line_of

REFUSED: Final = {
    "essay": N_("réponse rédigée"),
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


def _entry(filename: str, element: Element, kind: str, category: str, defaults: Defaults) -> Entry:
    code = (element.findtext("idnumber") or "").strip() or text_of(element.find("name"))
    apart = _by_category(category, code)
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
        question = asked(element, defaults.language)
        body, notes = build(question)
        question.check_files()
        words = [category, *(text_of(tag) for tag in element.iterfind("tags/tag"))]
        hidden = (element.findtext("hidden") or "").strip() in ("1", "true")
        draft = tags.draft(
            code, body, tags.read_tags(words), defaults, question.media, hidden=hidden
        )
    except NotTaken as error:
        return refused(filename, code[:120], error, line, apart)
    notes += tuple(question.media.notes)
    return Entry(filename, line, draft.code, draft, notes=notes, other_code=apart)


def _by_category(category: str, code: str) -> str:
    """Return a code with its category, for a name that another category has too."""
    steps = [step for step in category.split("/") if step.strip() not in ("", "top")]
    steps = [step.strip() for step in steps if not step.strip().startswith("$")]
    return f"{'/'.join(steps)}/{code}"[-120:] if steps else ""
