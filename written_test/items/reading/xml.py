"""XML read without entities, document types or network, names the same in all QTI versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from lxml import etree

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken

Element: TypeAlias = Any  # lxml's own has no public name

_PROLOG: Final = ((b"<?", b"?>"), (b"<!--", b"-->"))
_PLACE: Final = re.compile(r", line \d+, column \d+.*", re.DOTALL)
_BARE_TYPE: Final = re.compile(rb"<!DOCTYPE[^>\[]{0,400}>")
_UPPER: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def parse(data: bytes) -> Element:
    """Return the root of an XML file.

    Raises:
        NotTaken: it is no well-formed XML, or declares entities or elements of its own.
    """
    begins = _after_prolog(data)
    # One that only names what follows says nothing; one that declares something is not read.
    if data.startswith(b"<!DOCTYPE", begins) and not _BARE_TYPE.match(data, begins):
        raise _doctype(data[:begins].count(b"\n") + 1)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotTaken(
            N_("Ce XML n'est pas bien formé : %(detail)s."),
            line=error.lineno or 0,
            detail=_PLACE.sub("", str(error.msg))[:200],
        ) from None
    except ValueError:
        raise NotTaken(N_("Ce fichier n'est pas du XML.")) from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any((*declared.iterentities(), *declared.iterelements())):
        raise _doctype(1)
    for entity in root.iter(etree.Entity):
        raise NotTaken(
            N_(
                "« %(name)s » n'est pas une entité connue : ce qu'elle met dans le texte se "
                "perdrait."
            ),
            line=int(entity.sourceline or 0),
            name=str(entity.text)[:60],
        )
    return root


def _after_prolog(data: bytes) -> int:
    """Return where the declaration, instructions and comments before the root end."""
    place = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while True:
        while data[place : place + 1].isspace():
            place += 1
        for begin, end in _PROLOG:
            if data.startswith(begin, place):
                ends = data.find(end, place + len(begin))
                place = ends + len(end) if ends >= 0 else len(data)
                break
        else:
            return place


def _doctype(line: int) -> NotTaken:
    return NotTaken(
        N_("Un type de document ou des entités sont déclarés (DOCTYPE) : le fichier n'est pas lu."),
        line=line,
    )


def name_of(element: Element) -> str:
    """Return an element's name as QTI 3 writes it, without `qti-`: `choice-interaction`."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    local = tag.rpartition("}")[2]
    return _UPPER.sub(r"-\1", local).lower().removeprefix("qti-")


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its QTI 3 name, in whichever way the file writes it."""
    first, *rest = name.split("-")
    camel = first + "".join(word.capitalize() for word in rest)
    return str(element.get(name) or element.get(camel) or "").strip()


def line_of(element: Element) -> int:
    """Return the line that an element begins at."""
    return int(element.sourceline or 0)


def children(element: Element, *names: str) -> list[Element]:
    """Return the children of these names (all, when none is given)."""
    return [child for child in element if name_of(child) and (not names or name_of(child) in names)]


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Yield the descendants of these names, in document order."""
    for node in element.iter():
        if node is not element and name_of(node) in names:
            yield node


def child(element: Element, name: str) -> Element | None:
    """Return the first child of this name."""
    return next(iter(children(element, name)), None)


def words_of(element: Element | None) -> str:
    """Return all text within an element, blanks made one."""
    return " ".join("".join(map(str, element.itertext())).split()) if element is not None else ""
