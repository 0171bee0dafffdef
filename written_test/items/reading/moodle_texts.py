"""The texts of a Moodle question: their formats, and the files that lie beside them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.hypertext import FORMATS, from_html
from written_test.items.reading.media import Fetch, Media
from written_test.items.reading.xml import Element, line_of, words_of

_HERE: Final = "@@PLUGINFILE@@/"


@dataclass
class Asked:
    """A <question> whose text was read."""

    element: Element
    language: Language
    media: Media = field(default_factory=Media)
    text: str = ""
    form: str = "html"  # the format of answers that do not say theirs
    _files: list[tuple[str, str]] = field(default_factory=list)  # address, name

    def words(self, element: Element | None, *, sounds: bool = False) -> str:
        """Return the rich text of an element with a `format`. Raise NotTaken."""
        if element is None:
            return ""
        self.media.fetch = _fetch_beside(element)
        self._files += [
            (address_of(file), str(file.get("name") or "")) for file in element.iterfind("file")
        ]
        read = FORMATS.get(str(element.get("format") or self.form), from_html)
        return read(text_of(element), self.media, sounds=sounds)

    def check_files(self) -> None:
        """Say which files of the question nothing shows: they are left aside, as Moodle does."""
        used = {unquote(address) for address in self.media.addresses}
        for address, name in self._files:
            if address not in used:
                self.media.remark(
                    N_("Le fichier « %(name)s » est joint sans être montré : il est laissé."),
                    name=name[:80],
                )


def asked(element: Element, language: Language) -> Asked:
    """Return a question with its text read. Raise NotTaken."""
    question = Asked(element, language)
    text = element.find("questiontext")
    question.text = question.words(text, sounds=True)
    question.form = str(text.get("format") or "html") if text is not None else "html"
    picture = (element.findtext("image") or "").strip()
    data = element.find("image_base64")
    if data is None:
        data = element.find("image/image_base64")
    if picture or words_of(data):
        question.text = f"{question.text}\n\n{_old_picture(question, picture, data)}".strip()
    return question


def _old_picture(question: Asked, name: str, data: Element | None) -> str:
    """Return the picture of a question as Moodle 1 wrote it: beside the text, after it."""
    if data is None:
        raise NotTaken(
            N_("L'image « %(name)s » manque dans le fichier."),
            line=line_of(question.element),
            name=name[:80],
        )
    name = name or data.tag
    question.media.fetch = lambda _address: _decoded(name, str(data.text or ""), line_of(data))
    drawn = question.media.picture(name, "", line_of(data))
    return f'<img src="{drawn.name}" alt="" width="{drawn.size[0]}" height="{drawn.size[1]}">'


def text_of(element: Element | None) -> str:
    """Return what stands in an element's <text>, as it is."""
    inner = element.find("text") if element is not None else None
    return "".join(inner.itertext()).strip() if inner is not None else ""


def address_of(file: Element) -> str:
    """Return the address by which a text names a file beside it."""
    return f"{_HERE}{str(file.get('path') or '/').lstrip('/')}{file.get('name') or ''}"


def _fetch_beside(element: Element) -> Fetch:
    files = {address_of(file): file for file in element.iterfind("file")}

    def fetch(address: str) -> bytes:
        if address.startswith("data:"):
            return _decoded("data:", address.partition(",")[2], line_of(element))
        file = files.get(unquote(address.partition("?")[0]))
        if file is not None:
            return _decoded(str(file.get("name")), str(file.text or ""), line_of(file))
        if address.startswith(_HERE):
            raise NotTaken(
                N_("« %(name)s » manque dans le fichier."),
                line=line_of(element),
                name=address.removeprefix(_HERE)[:200],
            )
        raise NotTaken(
            N_("« %(name)s » est hors du fichier : rien n'est cherché ailleurs."),
            line=line_of(element),
            name=address[:200],
        )

    return fetch


def _decoded(name: str, text: str, line: int) -> bytes:
    try:
        return base64.b64decode("".join(unquote(text).split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotTaken(
            N_("Le fichier « %(name)s » est abîmé."), line=line, name=name[:80]
        ) from None
