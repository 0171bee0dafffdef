"""The typefaces that documents are set in, and which signs none of them has.

Each face of the house (Inter, Source Serif) is followed by the Noto faces, which between them
cover the scripts of the world. A sign that no face has cannot be printed: it is named before a
document is issued, and as soon as somebody is enrolled.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz as hb

from kernel import settings

HOUSE = (
    "SourceSerif4-Regular",
    "SourceSerif4-Italic",
    "SourceSerif4-SemiBold",
    "Inter-Regular",
    "Inter-Medium",
    "Inter-SemiBold",
)
SCRIPTS = (
    "",
    *("Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati"),
    *("Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya"),
    *("Sinhala", "Tamil", "Telugu", "Thai"),
)
"""Of Noto Sans, as its files are called; the first has Latin, Greek and Cyrillic whole."""
SERIFS = {
    "": ("fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf"),
    "Arabic": ("pylopdf_fonts_ar", "NotoNaskhArabic-Variable.ttf"),
    "Devanagari": ("pylopdf_fonts_hi", "NotoSerifDevanagari-Variable.ttf"),
    "Hebrew": ("pylopdf_fonts_he", "NotoSerifHebrew-Variable.ttf"),
    "Thai": ("pylopdf_fonts_th", "NotoSerifThai-Variable.ttf"),
}
"""Where a script has a face that stands better beside Source Serif."""
CJK = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")
CJK_PLACES = {"japanese": 0, "korean": 1, "chinese": 2}
UNSEEN = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))
"""Variation selectors: they choose a shape and have none."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file, and which of the fonts in it."""

    name: str
    file: Path
    index: int = 0


class Unprintable(Exception):
    """A text has signs that no typeface has; `signs` are these."""

    def __init__(self, signs: tuple[str, ...]) -> None:
        """Name the signs."""
        super().__init__(", ".join(map(sign, signs)))
        self.signs = signs


class TypefaceMissing(Exception):
    """A font file is not where it should be; says which, and how to mend it."""


def house(name: str) -> Typeface:
    """Return the face of the house called `name`."""
    return Typeface(name, settings.load().fonts / f"{name}.ttf")


@lru_cache(maxsize=64)
def chain(name: str, first_cjk: str = "chinese") -> tuple[Typeface, ...]:
    """Return the faces that set a text whose style asks for `name`, the wanted one first."""
    serif = name.startswith("SourceSerif")
    faces = [house(name)]
    if serif:
        faces += [_packaged(f"NotoSerif{s}", *place) for s, place in SERIFS.items()]
    faces += [_packaged(f"NotoSans{s}", "manimgx_fonts", f"NotoSans{s}[wght].ttf") for s in SCRIPTS]
    for place in sorted(CJK_PLACES, key=lambda place: place != first_cjk):
        faces.append(_packaged(f"NotoSansCJK-{place}", *CJK, index=CJK_PLACES[place]))
    kind = name.rpartition("-")[2]
    other = f"Inter-{kind}" if serif else f"SourceSerif4-{kind}"
    faces.append(house(other if other in HOUSE else "Inter-Regular"))
    return tuple(faces)


def _packaged(name: str, package: str, file: str, index: int = 0) -> Typeface:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        msg = f"the fonts of {package} are not installed: run « make setup »"
        raise TypefaceMissing(msg)
    return Typeface(name, Path(spec.origin).parent / file, index)


@lru_cache(maxsize=64)
def opened(face: Typeface) -> hb.Face:
    """Return the font of `face`, mapped into memory.

    Raises:
        TypefaceMissing: its file is absent or no font.
    """
    try:
        font = hb.Face(hb.Blob.from_file_path(str(face.file)), face.index)
    except (hb.HarfBuzzError, OSError) as error:
        msg = f"{face.file} cannot be read as a font ({error}): run « make setup »"
        raise TypefaceMissing(msg) from error
    if not font.glyph_count:
        msg = f"{face.file} cannot be read as a font: run « make setup »"
        raise TypefaceMissing(msg)
    return font


@lru_cache(maxsize=64)
def coverage(face: Typeface) -> frozenset[int]:
    """Return the characters that `face` has, as code points."""
    return frozenset(opened(face).unicodes)


def composed(text: str) -> str:
    """Return `text` composed (NFC), on one line, without control characters.

    Marks that embed or isolate a direction go too: each line finds its own.
    """
    text = unicodedata.normalize("NFC", text)
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    line = "".join(c for c in kept if not 0x202A <= ord(c) <= 0x202E)
    line = "".join(c for c in line if not 0x2066 <= ord(c) <= 0x2069)
    return " ".join(word for word in line.split(" ") if word)


def unseen(character: str) -> bool:
    """Tell whether `character` shapes its neighbours and has no sign of its own."""
    point = ord(character)
    return unicodedata.category(character) == "Cf" or any(point in part for part in UNSEEN)


def clusters(text: str) -> list[str]:
    """Cut `text` into letters with their marks: what stands or falls together.

    Letters that a virama or a joiner ties (as in « क्ष ») stay in one cluster.
    """
    cut: list[str] = []
    for character in text:
        tied = bool(cut) and (
            unicodedata.category(character).startswith("M")
            or unseen(character)
            or cut[-1][-1] == "\u200d"
            or (unicodedata.combining(cut[-1][-1]) == 9 and character != " ")
        )
        if tied:
            cut[-1] += character
        else:
            cut.append(character)
    return cut


def first_cjk(text: str) -> str:
    """Return whose shapes Chinese characters take in `text`, by the company they keep."""
    if any(0x3040 <= ord(c) <= 0x30FF for c in text):
        return "japanese"
    if any(0x1100 <= ord(c) <= 0x11FF or 0xAC00 <= ord(c) <= 0xD7A3 for c in text):
        return "korean"
    return "chinese"


def lacks(face: Typeface, text: str) -> list[str]:
    """Return the signs of `text` that `face` has not."""
    have = coverage(face)
    return [
        c for c in text if (ord(c) not in have or unicodedata.category(c) == "Co") and not unseen(c)
    ]


def nearest(faces: tuple[Typeface, ...], text: str) -> Typeface:
    """Return the first of the faces that lack least of `text`: a mark rather than its letter."""

    def want(face: Typeface) -> tuple[bool, int]:
        missing = lacks(face, text)
        return text[:1] in missing, len(missing)

    return min(faces, key=want)


def unprintable(text: str) -> tuple[str, ...]:
    """Return the signs of `text` that cannot be printed on a document, in order, each once.

    A mark that no face can set over its letter counts as one.

    Raises:
        TypefaceMissing: the fonts are not installed.
    """
    line = composed(text)
    if not lacks(house("Inter-Regular"), line):
        return ()
    faces = chain("Inter-Regular")
    missing: dict[str, None] = {}
    for cluster in clusters(line):
        missing.update(dict.fromkeys(lacks(nearest(faces, cluster), cluster)))
    return tuple(missing)


def sign(character: str) -> str:
    """Return `character` with its name in Unicode: « 😀 (U+1F600, GRINNING FACE) »."""
    point = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    shown = f"\u25cc{character}" if unicodedata.category(character).startswith("M") else character
    if unicodedata.category(character) in {"Cn", "Co", "Cs"}:
        shown = "\ufffd"
    return f"{shown} ({point}, {name})" if name else f"{shown} ({point})"
