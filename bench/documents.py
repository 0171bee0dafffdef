"""How long a document takes: ours, and the same text by ReportLab alone.

`native` makes an attestation and a certificate. `bare` writes exactly the texts that stand in
them, in the same embedded faces and sizes, one below the other on two pages of their own, with
neither measuring, fitting, drawing nor QR code: what ReportLab costs whatever one does with it.
Every document is of another person, as in life.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from bench.figures import could_not, figure, progress
from kernel.levels import LEVELS, TARGETS
from results.documents import AttestationData, CertificateData, Criterion, Person, fonts
from results.documents.attestation import attestation
from results.documents.certificate import certificate
from results.documents.fonts import FontsMissing

BENCH = "documents"
FIGURE = "ms_per_document"
ROUNDS = 7
PEOPLE = 20
FIRST = ("Camille Anaïs", "Łucja Zofia", "Đorđe", "Maëlle Œdile Marie", "Nguyễn Thị Ánh")
LAST = ("Lefèvre", "Świątek-Œuvrard", "d'Estrées de la Tour", "Ó Briain", "Şahin", "Müller-Groß")
CRITERIA = (
    "Compréhension orale",
    "Prononciation et intonation",
    "Vocabulaire",
    "Aisance",
    "Grammaire et syntaxe",
    "Interaction",
)
URL = "https://viva-voce.example/verify/"


@dataclass(frozen=True)
class Written:
    """One line of a document as it stands there."""

    text: str
    face: str
    size: float


def data(number: int) -> tuple[AttestationData, CertificateData]:
    """Return what the two documents of person `number` say."""
    person = Person(
        FIRST[number % len(FIRST)],
        f"{LAST[number % len(LAST)]} {number}",
        date(1960 + number % 45, 1 + number % 12, 1 + number % 28),
        birth_place="Saint-Étienne (Loire)",
    )
    code = f"7KQM-2XWD-9HPT-{number:04d}"
    level = LEVELS[number % len(LEVELS)]
    profile = tuple(
        Criterion(name, LEVELS[(number + place) % len(LEVELS)])
        for place, name in enumerate(CRITERIA)
    )
    days = {"issued_on": date(2026, 12, 11), "oral_on": date(2026, 12, 3)}
    common: dict[str, Any] = {
        "locale": "fr",
        "code": code,
        "certifier": "Chambre Horizon",
        "certification": "Anglais professionnel",
        "language": "anglais",
        "organisation": "Atelier des langues",
        "person": person,
        **days,
    }
    return (
        AttestationData(
            **common,
            overall=level,
            written=level,
            oral=level,
            criteria=profile,
            policy="default-1",
            written_on=date(2026, 11, 28),
        ),
        CertificateData(**common, level=TARGETS[number % len(TARGETS)]),
    )


def native(number: int) -> tuple[bytes, bytes]:
    """Make both documents of person `number`."""
    results, award = data(number)
    return attestation(results, URL + results.code), certificate(award, URL + award.code)


def overheard(work: Callable[[], object]) -> list[Written]:
    """Return every text that `work` writes, in which face and size, in the order of writing."""
    written: list[Written] = []
    write = PDFTextObject.textOut

    def listen(line: PDFTextObject, text: str) -> None:
        written.append(Written(text, line._fontname, line._fontsize))  # noqa: SLF001 -- no accessor
        write(line, text)

    PDFTextObject.textOut = listen
    try:
        work()
    finally:
        PDFTextObject.textOut = write
    return written


def bare(written: list[Written]) -> bytes:
    """Write the same texts with ReportLab alone."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1, initialFontName=written[0].face)
    y = 830.0
    for line in written:
        canvas.setFont(line.face, line.size)
        canvas.drawString(50, y, line.text)
        y -= 14
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def milliseconds(work: Callable[[], object], documents: int) -> float:
    """Return how long `work` took for each of `documents`."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000 / documents


def main() -> None:
    """Run both cases in turns and print their figures."""
    try:
        fonts.register()
    except FontsMissing as error:
        for case in ("native", "bare"):
            could_not(BENCH, case, 2 * PEOPLE, FIGURE, "ms", str(error))
        return
    progress("documents: what each says, for the bare case")
    said = []
    for number in range(PEOPLE):
        results, award = data(number)
        said.append(overheard(partial(attestation, results, URL + results.code)))
        said.append(overheard(partial(certificate, award, URL + award.code)))
    took: dict[str, list[float]] = {"native": [], "bare": []}
    for number in range(ROUNDS):
        progress(f"documents: round {number + 1} of {ROUNDS}")
        took["native"].append(
            milliseconds(lambda: [native(person) for person in range(PEOPLE)], 2 * PEOPLE)
        )
        took["bare"].append(milliseconds(lambda: [bare(lines) for lines in said], 2 * PEOPLE))
    for case, rounds in took.items():
        figure(BENCH, case, 2 * PEOPLE, FIGURE, rounds, "ms")


if __name__ == "__main__":
    main()
