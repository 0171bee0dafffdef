"""The attestation of results: what was shown, skill by skill, on one upright page."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4

from kernel.levels import Level
from results.documents import fonts, profile
from results.documents.data import AttestationData
from results.documents.drawing import ACCENT, HAIR, INK, MM, QUIET, Sheet, across, qr, rule
from results.documents.fonts import Face
from results.documents.lettering import Canvas
from results.documents.typeset import Style, depth, fit, put, put_lines, put_right
from results.documents.words import D_, SAMPLE, day, meaning, other, say

TITLE_WORDS = D_("Attestation de résultats")
VERIFY = D_("Vérifier ce document")
MARGIN = 22 * MM
BOTTOM = 20 * MM
CODE_SIDE = 25 * MM
LEVELS_HEIGHT = 78.0
SKILLS_HEIGHT = 29.0
ISSUER = Style(Face.SANS_STRONG, 10.5, INK)
TITLE = Style(Face.SERIF, 30, INK)
SUBJECT = Style(Face.SANS, 11.5, QUIET)
LABEL = Style(Face.SANS, 8, QUIET)
FACT = Style(Face.SANS_MEDIUM, 10.5, INK, leading=1.28)
NAME = Style(Face.SERIF_STRONG, 19, INK, leading=1.2)
LEVEL = Style(Face.SERIF_STRONG, 88, ACCENT)
LEVEL_IN_WORDS = Style(Face.SERIF_STRONG, 30, ACCENT, leading=1.05)
OTHER = Style(Face.SERIF_ITALIC, 11, QUIET)
SENTENCE = Style(Face.SERIF, 12.5, INK, leading=1.42)
PART = Style(Face.SANS_STRONG, 16, INK)
HEADING = Style(Face.SANS_STRONG, 10, INK)
SMALL = Style(Face.SANS, 8, QUIET, leading=1.45)
CODE = Style(Face.SANS_STRONG, 12, INK, spacing=0.7)
LINK = Style(Face.SANS, 8, ACCENT)


def attestation(data: AttestationData, qr_url: str) -> bytes:
    """Return the attestation as a PDF of one A4 page; `qr_url` is the page that verifies it.

    Raises:
        FontsMissing: the fonts to embed are not installed.
    """
    fonts.register()
    title = say(data.locale, TITLE_WORDS)
    sheet = Sheet(
        A4,
        data.locale,
        data.issued_on,
        f"{title}, {data.person.full_name}",
        data.certifier,
        data.certification,
    )
    canvas = sheet.canvas
    if data.sample:
        across(canvas, say(data.locale, SAMPLE), sheet.width, sheet.height)
    room = sheet.width - 2 * MARGIN
    y = _head(canvas, data, title, sheet.height - 25 * MM, room)
    y = _identity(canvas, data, y - 40, room)
    free = y - (BOTTOM + CODE_SIDE) - LEVELS_HEIGHT - profile.height(data.criteria)
    free -= SKILLS_HEIGHT if data.skills else 0
    gap = max(14.0, min(42.0, free / (4 if data.skills else 3)))
    y = _levels(canvas, data, y - gap, room) - gap
    if data.skills:
        y = _skills(canvas, data, y, room) - gap
    put(canvas, MARGIN, y, say(data.locale, D_("Compétences à l'oral")), HEADING)
    profile.draw(canvas, MARGIN, y, room, data.criteria, data.locale)
    _foot(canvas, data, qr_url, room)
    return sheet.finish()


def _head(canvas: Canvas, data: AttestationData, title: str, y: float, room: float) -> float:
    rule(canvas, MARGIN, y + 16, MARGIN + 26, ACCENT, 2)
    style, lines = fit(data.certifier, ISSUER, room * 0.68, lines=2)
    below = put_lines(canvas, MARGIN, y, lines, style)
    put_right(canvas, MARGIN + room, y, say(other(data.locale), TITLE_WORDS), OTHER)
    y = below - 48
    put(canvas, MARGIN, y, title, TITLE)
    subject = data.certification
    if data.registration:
        subject = f"{subject} · {data.registration}"
    style, lines = fit(subject, SUBJECT, room, lines=2)
    return put_lines(canvas, MARGIN, y - 22, lines, style)


def _identity(canvas: Canvas, data: AttestationData, y: float, room: float) -> float:
    person, locale = data.person, data.locale
    style, lines = fit(person.full_name, NAME, room, lines=2)
    y = put_lines(canvas, MARGIN, y, lines, style) - depth(lines, style)
    names = [
        (say(locale, D_("Prénoms")), person.first_names),
        (say(locale, D_("Nom de naissance")), person.birth_name),
        (say(locale, D_("Nom d'usage")), person.used_name),
    ]
    first = [(label, name) for label, name in names if name]  # some people have one name
    born = (D_("Date de naissance"), day(person.birth_date, locale))
    if person.birth_place:
        born = (D_("Date et lieu de naissance"), f"{born[1]}, {person.birth_place}")
    first.append((say(locale, born[0]), born[1]))
    second = [(say(locale, D_("Oral passé le")), day(data.oral_on, locale))]
    if data.written_on is not None:
        second.append((say(locale, D_("Écrit passé le")), day(data.written_on, locale)))
    second.append((say(locale, D_("Langue évaluée")), data.language))
    second.append((say(locale, D_("Organisme de formation")), data.organisation))
    half = (room - 24) / 2
    lowest = min(
        _facts(canvas, MARGIN, y - 26, half, first),
        _facts(canvas, MARGIN + half + 24, y - 26, half, second),
    )
    rule(canvas, MARGIN, lowest - 16, MARGIN + room, HAIR)
    return lowest - 16


def _facts(canvas: Canvas, x: float, y: float, room: float, facts: list[tuple[str, str]]) -> float:
    bottom = y
    for label, value in facts:
        put(canvas, x, y, label, LABEL)
        style, lines = fit(value, FACT, room, lines=2)
        bottom = put_lines(canvas, x, y - 13.5, lines, style)
        y = bottom - 18
    return bottom


def _levels(canvas: Canvas, data: AttestationData, y: float, room: float) -> float:
    locale, below, column = data.locale, y - LEVELS_HEIGHT, 116.0
    put(canvas, MARGIN, y, say(locale, D_("Niveau global")), LABEL)
    if data.overall is Level.BELOW:
        style, lines = fit(data.overall.label(locale), LEVEL_IN_WORDS, column, lines=2)
        put_lines(canvas, MARGIN, below + style.size * (len(lines) - 1) * 1.05, lines, style)
    else:
        put(canvas, MARGIN - 2.5, below, data.overall.value, LEVEL)
    x = MARGIN + column + 22
    style, lines = fit(meaning(data.overall, locale), SENTENCE, MARGIN + room - x, lines=3)
    put_lines(canvas, x, y - 8, lines, style)
    for label, level in (
        (say(locale, D_("Écrit")), data.written),
        (say(locale, D_("Oral")), data.oral),
    ):
        end = put(canvas, x, below, label, LABEL)
        x = put(canvas, end + 7, below, level.label(locale), PART) + 30
    return below


def _skills(canvas: Canvas, data: AttestationData, y: float, room: float) -> float:
    put(canvas, MARGIN, y, say(data.locale, D_("Compétences à l'écrit")), HEADING)
    width = room / len(data.skills)
    for place, skill in enumerate(data.skills):
        x = MARGIN + place * width
        style, [name, *_] = fit(skill.name, LABEL, width - 10)
        put(canvas, x, y - 15, name, style)
        if skill.level is not None:
            style, [word, *_] = fit(skill.level.label(data.locale), FACT, width - 10)
            put(canvas, x, y - SKILLS_HEIGHT, word, style)
    return y - SKILLS_HEIGHT


def _foot(canvas: Canvas, data: AttestationData, qr_url: str, room: float) -> None:
    locale, bottom, side = data.locale, BOTTOM, CODE_SIDE
    qr(canvas, qr_url, MARGIN, bottom, side)
    x = MARGIN + side + 16
    y = bottom + side - 8
    end = put(canvas, x, y, say(locale, VERIFY), HEADING)
    put(canvas, end + 8, y, say(other(locale), VERIFY), OTHER)
    put(canvas, x, y - 18, data.code, CODE)
    address, lines = fit(qr_url, LINK, MARGIN + room - x)
    end = put(canvas, x, y - 33, lines[0], address)
    canvas.linkURL(qr_url, (x, y - 36, end, y - 24), relative=0, thickness=0)
    issued = say(
        locale,
        D_("Délivrée le %(day)s par %(certifier)s. Règle de calcul publiée : %(policy)s."),
        day=day(data.issued_on, locale),
        certifier=data.certifier,
        policy=data.policy,
    )
    scale = say(
        locale,
        D_("Les niveaux sont ceux du Cadre européen commun de référence pour les langues."),
    )
    style, lines = fit(f"{issued} {scale}", SMALL, MARGIN + room - x, lines=2)
    put_lines(canvas, x, y - 50, lines, style)
