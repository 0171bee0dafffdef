"""Shaping: from a line of text to the letterforms that stand on it, left to right.

Text runs are found by the Unicode bidirectional algorithm, cut by script and by the face that
has their letters, and shaped by HarfBuzz: joined Arabic, Indic syllables, stacked marks.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import uharfbuzz as hb
from bidi import algorithm
from fontTools.unicodedata import script

from kernel.typefaces import (
    Typeface,
    Unprintable,
    chain,
    clusters,
    composed,
    coverage,
    first_cjk,
    house,
    lacks,
    nearest,
    opened,
    unprintable,
)
from results.documents.fonts import Face

UNITS = 1000
"""Of a form: thousandths of the size, as PDF counts."""
WEIGHTS = {"Regular": 400, "Italic": 400, "Medium": 500, "SemiBold": 600}
RIGHT_TO_LEFT = "\u200f"
BRACKETS = dict(zip("([{⟨「『（【《〈", ")]}⟩」』）】》〉", strict=True))
DIRECTIONS = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
COMMON = frozenset({"Zyyy", "Zinh", "Zzzz"})


@dataclass(frozen=True, slots=True)
class Form:
    """A letter with its marks, or several that join: what is written with one code.

    `glyphs` are (glyph, x, y) in units of the font; `advance` in thousandths of the size.
    """

    face: Typeface
    weight: int
    text: str
    glyphs: tuple[tuple[int, int, int], ...]
    advance: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A part of a line of one face, script and level, from `start` in the text."""

    start: int
    text: str
    face: Typeface
    script: str
    level: int


def plain(text: str, face: Face) -> bool:
    """Tell whether `text` needs no shaping: letters of `face` side by side, left to right."""
    return text.isascii() or _plain_letters(face).issuperset(text)


@lru_cache
def _plain_letters(face: Face) -> frozenset[str]:
    return frozenset(
        c
        for c in map(chr, coverage(house(face.value)))
        if unicodedata.category(c)[0] not in "MC"
        and unicodedata.bidirectional(c) not in {"R", "AL", "AN"}
    )


@lru_cache(maxsize=1024)
def shape(text: str, face: Face) -> tuple[Form, ...]:
    """Return the forms of `text`, in the order in which they stand from left to right."""
    weight = WEIGHTS[face.value.rpartition("-")[2]]
    line = composed(text)
    forms: list[Form] = []
    for run in _visual(_runs(line, face, _levels(line))):
        forms += _forms(run, weight)
    return tuple(forms)


def _levels(line: str) -> list[int]:
    """Return the embedding level of each character; the first strong one sets the base.

    Source: Unicode Standard Annex #9, rules W1 to I2, as python-bidi applies them; rule N0, which
    it leaves out, is `_pair_brackets`.
    """
    if not line:
        return []
    kept = [c for c in line if algorithm.bidirectional(c) not in algorithm.X9_REMOVED]
    base = algorithm.get_base_level(line)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, ("L", "R")[base]
    algorithm.get_embedding_levels("".join(kept), storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _pair_brackets(storage["chars"], storage["base_dir"])
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    resolved = iter([int(character["level"]) for character in storage["chars"]])
    levels: list[int] = []
    for c in line:
        removed = algorithm.bidirectional(c) in algorithm.X9_REMOVED
        levels.append((levels[-1] if levels else base) if removed else next(resolved))
    return levels


def _pair_brackets(characters: list[dict[str, Any]], base: str) -> None:
    """Give both brackets of a pair one direction (rule N0): that of the line, or of what they hold.

    `characters` are python-bidi's, their weak types resolved; their types are changed in place.
    """
    strong = [DIRECTIONS.get(character["type"], "") for character in characters]
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, character in enumerate(characters):
        sign = character["ch"]
        if sign in BRACKETS:
            waiting.append(place)
        opened_by = [p for p in waiting if BRACKETS[characters[p]["ch"]] == sign]
        if opened_by:
            pairs.append((opened_by[-1], place))
            waiting = waiting[: waiting.index(opened_by[-1])]
    for opening, closing in sorted(pairs):
        held = set(strong[opening + 1 : closing]) - {""}
        if not held:
            continue
        before = next((way for way in reversed(strong[:opening]) if way), base)
        way = base if base in held or before == base else before
        for place in (opening, closing):
            characters[place]["type"] = strong[place] = way


def _runs(line: str, face: Face, levels: list[int]) -> list[_Run]:
    """Cut `line` where face, script or level change, in the order of reading."""
    chosen = _chosen(line, chain(face.value, first_cjk(line)))
    runs: list[_Run] = []
    start = 0
    for cluster, own, tongue in chosen:
        level, before = levels[start], runs[-1] if runs else None
        if before and (before.face, before.script, before.level) == (own, tongue, level):
            runs[-1] = replace(before, text=before.text + cluster)
        else:
            runs.append(_Run(start, cluster, own, tongue, level))
        start += len(cluster)
    return runs


def _chosen(line: str, faces: tuple[Typeface, ...]) -> list[tuple[str, Typeface, str]]:
    """Return each cluster of `line` with its face and script.

    A script keeps one face all along the line where one has all its letters. What all scripts
    share (spaces, hyphens, digits) is of the wanted face, else of its neighbour's.
    """
    parts = [(cluster, _script(cluster)) for cluster in clusters(line)]
    whole = {
        tongue: nearest(faces, "".join(cluster for cluster, other in parts if other == tongue))
        for tongue in {tongue for _cluster, tongue in parts if tongue}
    }
    chosen: list[tuple[str, Typeface, str]] = []
    for cluster, tongue in parts:
        before = chosen[-1] if chosen else None
        if tongue:
            own = whole[tongue]
            own = nearest(faces, cluster) if lacks(own, cluster) else own
        elif not lacks(faces[0], cluster) or before is None:
            own = nearest(faces, cluster)
        else:
            own = nearest((before[1], *faces), cluster)
        same = not tongue and before is not None and own is before[1]
        chosen.append((cluster, own, before[2] if before and same else tongue))
    return chosen


def _script(cluster: str) -> str:
    """Return the script of `cluster` (ISO 15924), or nothing where all scripts share it."""
    return next((tongue for c in cluster if (tongue := script(c)) not in COMMON), "")


def _visual(runs: list[_Run]) -> list[_Run]:
    """Return runs in the order in which they stand (rule L2 of the annex)."""
    runs = list(runs)
    highest = max((run.level for run in runs), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(runs):
            end = start
            while end < len(runs) and runs[end].level >= level:
                end += 1
            runs[start:end] = reversed(runs[start:end])
            start = end + 1
    return runs


@lru_cache(maxsize=64)
def font_of(face: Typeface, weight: int) -> hb.Font:
    """Return the font of `face` at `weight`, where its weight can vary."""
    font = hb.Font(opened(face))
    font.set_variations({"wght": float(weight)})
    return font


def _forms(run: _Run, weight: int) -> list[Form]:
    font = font_of(run.face, weight)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.flags = hb.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    if run.script:
        buffer.script = run.script
    buffer.language = "und"
    hb.shape(font, buffer)
    infos, places = buffer.glyph_infos, buffer.glyph_positions
    starts = sorted({info.cluster for info in infos})
    ends = dict(zip(starts, [*starts[1:], len(run.text)], strict=True))
    scale = UNITS / opened(run.face).upem
    forms: list[Form] = []
    pen = 0
    for number, (info, place) in enumerate(zip(infos, places, strict=True)):
        if info.codepoint == 0:
            raise Unprintable(unprintable(run.text))
        if number == 0 or infos[number - 1].cluster != info.cluster:
            pen = 0
            text = run.text[info.cluster : ends[info.cluster]]
            forms.append(Form(run.face, weight, text, (), 0.0))
        glyph = (info.codepoint, pen + place.x_offset, place.y_offset)
        pen += place.x_advance
        last = forms[-1]
        forms[-1] = Form(run.face, weight, last.text, (*last.glyphs, glyph), pen * scale)
    return _letter_by_letter(forms) if run.level % 2 else forms


def _letter_by_letter(forms: list[Form]) -> list[Form]:
    """Return `forms` with a code for each letter, of even width; the last has the shape.

    Readers of PDF turn what stands right to left around code by code, and so would read a form
    of several letters backward; and they take a letter without width for a copy of another.
    """
    split: list[Form] = []
    for form in forms:
        first, others = form.text[0], list(form.text[1:])
        if not split and others:
            # A mark at the left edge has no direction of its own, and would fall off the word.
            others.append(RIGHT_TO_LEFT)
        share = form.advance / (1 + len(others))
        split += [replace(form, text=c, glyphs=(), advance=share) for c in reversed(others)]
        back = round(share * len(others) * opened(form.face).upem / UNITS)
        glyphs = tuple((glyph, x - back, y) for glyph, x, y in form.glyphs)
        split.append(replace(form, text=first, glyphs=glyphs, advance=share))
    return split


def advance(text: str, face: Face) -> float:
    """Return how wide `text` stands, in thousandths of the size."""
    return sum(form.advance for form in shape(text, face))


@lru_cache(maxsize=1024)
def ink(text: str, face: Face) -> tuple[float, float]:
    """Return how far `text` reaches above and below its baseline, in thousandths of the size."""
    above = below = 0.0
    for form in shape(text, face):
        font, scale = font_of(form.face, form.weight), UNITS / opened(form.face).upem
        for glyph, _x, y in form.glyphs:
            box = font.get_glyph_extents(glyph)
            if box is not None:
                above = max(above, (y + box.y_bearing) * scale)
                below = max(below, -(y + box.y_bearing + box.height) * scale)
    return above, below
