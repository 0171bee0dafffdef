"""The certificate: the level that was aimed for and reached, on one page to keep."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4, landscape

from results.documents import fonts
from results.documents.data import CertificateData
from results.documents.drawing import ACCENT, INK, MM, PALE, QUIET, Sheet, across, qr, rosette, rule
from results.documents.fonts import Face
from results.documents.lettering import Canvas
from results.documents.typeset import (
    Style,
    balanced,
    depth,
    fit,
    measure,
    put,
    put_centred,
    put_lines,
    put_right,
)
from results.documents.words import D_, SAMPLE, day, meaning, say

VERIFY = D_("Vérifier ce document")
FRAME = 11 * MM
LEFT = 30 * MM
ROOM = 152 * MM
ISSUER = Style(Face.SANS_STRONG, 11.5, INK)
TITLE = Style(Face.SERIF, 50, INK)
SUBJECT = Style(Face.SERIF_ITALIC, 17, QUIET, leading=1.25)
AWARDED = Style(Face.SANS, 9.5, QUIET)
NAME = Style(Face.SERIF_STRONG, 31, INK, leading=1.16)
IDENTITY = Style(Face.SANS, 9.5, QUIET, leading=1.5)
SENTENCE = Style(Face.SERIF, 13, INK, leading=1.45)
LABEL = Style(Face.SANS, 8, QUIET)
LEVEL = Style(Face.SERIF_STRONG, 92, ACCENT)
LEVEL_LABEL = Style(Face.SANS_MEDIUM, 9, QUIET)
FACT = Style(Face.SANS_MEDIUM, 9.5, INK, leading=1.3)
CODE = Style(Face.SANS_STRONG, 11, INK, spacing=0.6)
LINK = Style(Face.SANS, 7.5, ACCENT)


def certificate(data: CertificateData, qr_url: str) -> bytes:
    """Return the certificate as a PDF of one A4 page in landscape.

    Raises:
        FontsMissing: the fonts to embed are not installed.
    """
    fonts.register()
    title = say(data.locale, D_("Certificat"))
    sheet = Sheet(
        landscape(A4),
        data.locale,
        data.issued_on,
        f"{title} {data.level.value}, {data.person.full_name}",
        data.certifier,
        data.certification,
    )
    canvas = sheet.canvas
    if data.sample:
        across(canvas, say(data.locale, SAMPLE), sheet.width, sheet.height)
    _frame(canvas, sheet.width, sheet.height)
    y = _head(canvas, data, title, sheet.height - 34 * MM)
    _holder(canvas, data, y)
    _level(canvas, data, sheet.width - 71 * MM, sheet.height - 90 * MM)
    _foot(canvas, data)
    _verify(canvas, data, qr_url, sheet.width - FRAME - 12 * MM)
    return sheet.finish()


def _frame(canvas: Canvas, width: float, height: float) -> None:
    canvas.setStrokeColor(PALE)
    canvas.setLineWidth(0.8)
    canvas.rect(FRAME, FRAME, width - 2 * FRAME, height - 2 * FRAME, stroke=1, fill=0)


def _head(canvas: Canvas, data: CertificateData, title: str, y: float) -> float:
    rule(canvas, LEFT, y + 18, LEFT + 30, ACCENT, 2.2)
    style, lines = fit(data.certifier, ISSUER, ROOM, lines=2)
    y = put_lines(canvas, LEFT, y, lines, style)
    y -= 66
    put(canvas, LEFT - 2, y, title, TITLE)
    style, lines = fit(data.certification, SUBJECT, ROOM, lines=2)
    return put_lines(canvas, LEFT, y - 30, lines, style)


def _holder(canvas: Canvas, data: CertificateData, y: float) -> None:
    person, locale = data.person, data.locale
    y -= 38
    put(canvas, LEFT, y, say(locale, D_("décerné à")), AWARDED)
    style, lines = fit(person.full_name, NAME, ROOM, lines=2)
    y = put_lines(canvas, LEFT, y - 10 - style.size, lines, style) - depth(lines, style)
    born = day(person.birth_date, locale)
    if person.birth_place:
        born = f"{born}, {person.birth_place}"
    identity = [say(locale, D_("Naissance : %(born)s"), born=born)]
    if person.used_name:
        used = say(locale, D_("Nom d'usage : %(name)s"), name=person.used_name)
        identity.insert(0, used)
    together = "  ·  ".join(identity)
    if measure(together, IDENTITY) <= ROOM:
        identity = [together]
    y -= 20
    for line in identity:
        small, lines = fit(line, IDENTITY, ROOM)
        y = put_lines(canvas, LEFT, y, lines, small) - IDENTITY.size * IDENTITY.leading
    y += IDENTITY.size * IDENTITY.leading
    sentence = say(
        locale,
        D_("a atteint le niveau %(level)s du Cadre européen commun (CECRL)."),
        level=data.level.value,
    )
    style, lines = fit(sentence, SENTENCE, ROOM)
    y = put_lines(canvas, LEFT, y - 32, lines, style)
    italic = Style(Face.SERIF_ITALIC, 13, INK, leading=1.45)
    lines = balanced(meaning(data.level, locale), italic, ROOM)
    put_lines(canvas, LEFT, y - 19, lines, italic)


def _level(canvas: Canvas, data: CertificateData, x: float, y: float) -> None:
    rosette(canvas, x, y, 36 * MM)
    label = say(data.locale, D_("Niveau"))
    put_centred(canvas, x, y + 48, label, LEVEL_LABEL)
    put_centred(canvas, x, y - 24, data.level.value, LEVEL)
    style, [language, *_] = fit(data.language, LEVEL_LABEL, 44 * MM)
    put_centred(canvas, x, y - 50, language, style)


def _foot(canvas: Canvas, data: CertificateData) -> None:
    locale, y = data.locale, 30 * MM
    columns = [
        (say(locale, D_("Délivré le")), day(data.issued_on, locale), 0.24),
        (say(locale, D_("Oral passé le")), day(data.oral_on, locale), 0.24),
        (say(locale, D_("Organisme de formation")), data.organisation, 0.52),
    ]
    if data.registration:
        columns[2] = (*columns[2][:2], 0.34)
        columns.append((say(locale, D_("Enregistrement")), data.registration, 0.18))
    x = LEFT
    for label, value, share in columns:
        put(canvas, x, y, label, LABEL)
        style, lines = fit(value, FACT, ROOM * share - 12, lines=2)
        put_lines(canvas, x, y - 14, lines, style)
        x += ROOM * share


def _verify(canvas: Canvas, data: CertificateData, qr_url: str, right: float) -> None:
    side, bottom = 23 * MM, 23 * MM
    qr(canvas, qr_url, right - side, bottom, side)
    edge = right - side - 12
    label = say(data.locale, VERIFY)
    put_right(canvas, edge, bottom + 36, label, LABEL)
    put_right(canvas, edge, bottom + 21, data.code, CODE)
    style, lines = fit(qr_url, LINK, 62 * MM)
    put_right(canvas, edge, bottom + 8, lines[0], style)
