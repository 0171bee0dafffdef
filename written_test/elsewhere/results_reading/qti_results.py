"""QTI Results Reporting, 2.x and 3.0: one line an `assessmentResult`, one column an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from kernel.errors import N_, Invalid
from kernel.tables.table import Line, Table, of_lines

NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqti"
CANDIDATE, SESSION, TEST, DATE = "sourcedId", "session", "test", "datestamp"


def read(data: bytes) -> Table:
    """Read a report, of one candidate or of many under any root.

    Raises:
        Invalid: not XML, with a DTD or entities, or without a result in it.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Invalid(
            N_("Ligne %(line)d : ce XML ne se lit pas."), "file", line=error.lineno or 1
        ) from None
    if root.getroottree().docinfo.doctype:
        raise Invalid(N_("Ce fichier XML contient un DTD ou des entités : refusé."), "file")
    tests = [(result.sourceline or 0, cells) for result in _results(root) for cells in _of(result)]
    if not tests:
        raise Invalid(N_("Ce fichier XML n'est pas un rapport de résultats QTI."), "file")
    columns = [CANDIDATE, SESSION, TEST, DATE]
    columns += dict.fromkeys(name for _, cells in tests for name in cells if name not in columns)

    def lines() -> Iterator[Line]:
        for number, cells in tests:
            yield number, tuple(cells.get(name, "") for name in columns)

    return of_lines("qti", columns, lines())


def _name(node: Any) -> str:
    """Return an element's name if it belongs to QTI, whatever its version."""
    if not isinstance(node.tag, str):
        return ""
    name = etree.QName(node)
    return name.localname if not name.namespace or name.namespace.startswith(NAMESPACE) else ""


def _results(root: Any) -> Iterator[Any]:
    return (node for node in root.iter() if _name(node) == "assessmentResult")


def _children(node: Any, name: str) -> list[Any]:
    return [child for child in node if _name(child) == name]


def _of(result: Any) -> Iterator[dict[str, str]]:
    """Give each test of one result as cells by column."""
    who: dict[str, str] = {}
    for context in _children(result, "context"):
        who[CANDIDATE] = (context.get("sourcedId") or context.get("sourcedID") or "").strip()
        for session in _children(context, "sessionIdentifier"):
            who[SESSION] = (session.get("identifier") or "").strip()
    for test in _children(result, "testResult"):
        cells = who | {
            TEST: (test.get("identifier") or "").strip(),
            DATE: (test.get("datestamp") or "").strip(),
        }
        for outcome in _children(test, "outcomeVariable"):
            name = (outcome.get("identifier") or "").strip()
            values = [(value.text or "").strip() for value in _children(outcome, "value")]
            if name and name not in cells:
                cells[name] = " ".join(values)
        yield cells
