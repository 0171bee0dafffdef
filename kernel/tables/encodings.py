"""What letters a file's bytes stand for: said by the file, proved by its letters, or asked.

UTF-8 and UTF-16 prove themselves. The others do not: each byte is some letter in each of them.
One of the western ones is taken only where every word that it gives is spelled as French, or
another western language, spells; else the reading is in doubt, and a person chooses.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from kernel.errors import N_, Invalid
from kernel.tables.table import Doubt

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WESTERN: Final = ("cp1252", "mac_roman", "cp850")
CHOICES: Final = ("utf-8", *WESTERN, "cp1250", "iso8859-2", "cp1251", "cp1253", "cp1254")
"""Encodings that a person may choose, the likely ones first."""
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and how it was read."""

    words: str
    encoding: str
    doubts: tuple[Doubt, ...] = ()


def decoded(data: bytes, chosen: str = "") -> Decoded:
    """Return the text of a file: as `chosen`, by its mark, as UTF-8, else by its letters.

    Raises:
        Invalid: it is no text in any of these, or not in the one that was chosen.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data, name), name)
    sample = data[:4000]
    if sample.count(0) > len(sample) // 4:  # UTF-16 whose mark was lost: every other byte is 0
        name = "utf-16-le" if sample[1::2].count(0) else "utf-16-be"
        return Decoded(_strictly(data, name), name)
    if chosen in CHOICES:
        return Decoded(_strictly(data, chosen), chosen)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _by_letters(data)


def sure(data: bytes) -> str:
    """Return the text of a file whose encoding leaves no doubt.

    Raises:
        Invalid: it is no text, or could be read in several ways.
    """
    text = decoded(data)
    for doubt in text.doubts:
        raise Invalid(doubt.words, "file", **doubt.params)
    return text.words


def _by_letters(data: bytes) -> Decoded:
    readings = {}
    for name in WESTERN:
        try:
            readings[name] = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not doubtful(readings[name]):
            return Decoded(readings[name], name)
    name, words = next(iter(readings.items()), ("", ""))
    if not name:
        raise _unknown()
    shown = ", ".join(f"« {word} »" for word in doubtful(words)[:SHOWN])
    doubt = Doubt(
        N_(
            "L'encodage du fichier n'est pas sûr (on y lirait %(words)s) : enregistrez-le en « CSV"
            " UTF-8 », ou choisissez l'encodage."
        ),
        {"words": shown},
    )
    return Decoded(words, name, (doubt,))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _unknown() from None


def _unknown() -> Invalid:
    return Invalid(
        N_("L'encodage du fichier n'est pas reconnu : enregistrez-le en CSV UTF-8."), "encoding"
    )


# Letters that stand at the same byte in cp1252 and in cp1250, the likeliest other: no doubt there.
_SHARED: Final = frozenset(
    letter
    for byte in range(0x80, 0x100)
    if (letter := bytes([byte]).decode("cp1252", "replace")).isalpha()
    and letter == bytes([byte]).decode("cp1250", "replace")
)
_SIGNS: Final = frozenset("\u00a0€…‘’“”•–—™‹›«»°§©®±·¶\u00ad")
_INSIDE: Final = frozenset("’–—·…\u00a0\u00ad")
"""Signs that a word may hold between two letters."""
_SPELLED: Final = re.compile(
    r"""
      à(?!\w)                                        # à, voilà, città
    | (?<!\w)è(?!\w) | (?<!\w)è(?=res?\b|s\b)       # è, ère, ès
    | (?<=[bcdfghjlmnpqrstvwxz])è(?=s\b|[bcdfgjlmnpqrstvxz]{1,3}u?e)   # après, père, collègue
    | (?<=[iuyo])è(?=s\b|(?:[cdglmrstvx]|cl|vr|gr|br|ch|tr|gl)u?e)      # première, siècle, poème
    | (?<=[bcfghlmnprtv])ê(?=m|t|ch|qu|né?e|v|lé?e|pe) | (?<=[qg]u)ê(?=t|pe)
    | (?<!\w)ê(?=tre|tes\b) | (?<=gl|nc|tr)ês\b | (?<=gu)ês\b
    | (?<!\w)où(?!\w) | (?<=pi|gi)ù(?!\w)
    | (?<=[oa])û(?=t) | (?<=br)û(?=l) | (?<=fl)û(?=t) | (?<=\bb)û(?=ch)
    | (?<=\b[sm])û(?=r) | (?<=\bd)û(?!\w) | (?<=piq)û(?=r)
    | (?<=[ao])ï(?=[bcdefglmnrstvz])
    | œ(?=u|il)
    | (?<=[aeiou])ñ(?=[aeiouáéíóú])
    | ã(?=o) | õ(?=es\b) | (?<=per)ò(?!\w) | (?<=\bpu)ò(?!\w) | (?<=cos)ì(?!\w) | (?<=ed)ì(?!\w)
    """,
    re.VERBOSE,
)
"""Letters whose byte is another letter in cp1250, where western words have them."""
_BETWEEN: Final = re.compile(r"[\s;,|\"]+")
_SLIPPED: Final = re.compile(r"[a-zß-öø-ÿ][À-ÖØ-ÞŠŒŽŸ]")
"""A capital after a small letter: what the letters of another encoding look like."""


def doubtful(words: str) -> list[str]:
    """Return the words that no western language spells so, each once, in their order."""
    spoken = dict.fromkeys(
        word.strip("?!.:()[]{}'") for word in _BETWEEN.split(words) if not word.isascii()
    )
    return [word for word in spoken if not _western(word)]


def _western(word: str) -> bool:
    if _SLIPPED.search(word):
        return False
    rest = _SPELLED.sub("e", word.lower())
    for place, letter in enumerate(rest):
        if letter.isascii() or letter in _SHARED:
            continue
        inside = rest[place - 1 : place].isalpha() and rest[place + 1 : place + 2].isalpha()
        if letter not in _SIGNS or (inside and letter not in _INSIDE):
            return False
    return True
