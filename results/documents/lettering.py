"""Letterforms on the page: a font made for each document, with just the forms it writes.

Each form is one glyph, its marks in their places, and one code, which reads as the text of the
form. So any reader finds the letters in their order, whatever the script.
"""

from __future__ import annotations

import hashlib
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString
from reportlab.pdfgen import canvas

from kernel.typefaces import opened
from results.documents.shaping import UNITS, Form, font_of

NAME = "F0"
CODES_A_BLOCK = 100
"""A character map may not hold more entries in one block."""


class Lettering:
    """The forms that a document has written so far, and their font once it is whole."""

    def __init__(self) -> None:
        """Begin with none."""
        self._codes: dict[Form, int] = {}

    def codes(self, forms: tuple[Form, ...]) -> str:
        """Return `forms` as a string of PDF, four hexadecimal digits each."""
        return "".join(f"{self._code(form):04X}" for form in forms)

    def _code(self, form: Form) -> int:
        # Code 0 is the glyph of what is missing.
        return self._codes.setdefault(form, len(self._codes) + 1)

    def embed(self, document: Any) -> None:
        """Put the font into `document` (ReportLab's) under `NAME`, where anything was written."""
        if not self._codes:
            return
        program = self._program()
        name = f"{_tag(program)}+VivaLetters"
        described = document.Reference(PDFDictionary(self._descriptor(document, name, program)))
        descendant = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("CIDFontType0"),
                "BaseFont": PDFName(name),
                "CIDSystemInfo": PDFDictionary(
                    {
                        "Registry": PDFString("Adobe"),
                        "Ordering": PDFString("Identity"),
                        "Supplement": 0,
                    }
                ),
                "FontDescriptor": described,
                "DW": 0,
                "W": PDFArray([1, PDFArray([round(form.advance, 2) for form in self._codes])]),
            }
        )
        font = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(name),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(_stream(_map(list(self._codes)))),
            }
        )
        document.idToObject["BasicFonts"].dict[NAME] = document.Reference(font)

    def _descriptor(self, document: Any, name: str, program: bytes) -> dict[str, Any]:
        return {
            "Type": PDFName("FontDescriptor"),
            "FontName": PDFName(name),
            "Flags": 4,  # its letters are not those of the Latin alphabet alone
            "FontBBox": PDFArray([-UNITS, -UNITS, 3 * UNITS, 2 * UNITS]),
            "ItalicAngle": 0,
            "Ascent": UNITS,
            "Descent": -UNITS // 3,
            "CapHeight": 7 * UNITS // 10,
            "StemV": 90,
            "FontFile3": document.Reference(_stream(program, Subtype=PDFName("CIDFontType0C"))),
        }

    def _program(self) -> bytes:
        """Return the font as a compact font program (CFF), its glyphs in the order of codes."""
        # Slow to import, and only documents with such letters need it.
        from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415

        forms = dict(enumerate(self._codes, start=1))
        order = [".notdef", *(f"g{code}" for code in forms)]
        strings = {".notdef": _outline(None)}
        for code, form in forms.items():
            strings[f"g{code}"] = _outline(form)
        font = FontBuilder(UNITS, isTTF=False)
        font.setupGlyphOrder(order)
        font.setupCFF("VivaLetters", {"FullName": "VivaLetters"}, strings, {})
        return bytes(font.font["CFF "].compile(font.font))


class Canvas(canvas.Canvas):  # type: ignore[misc]  # ReportLab has no types
    """A canvas that can also write forms."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Begin a document that has written no form."""
        super().__init__(*arguments, **named)
        self.lettering = Lettering()

    def save(self) -> None:
        """Embed the forms that were written, then finish as any canvas does."""
        self.lettering.embed(self._doc)
        super().save()


def _outline(form: Form | None) -> Any:
    """Return the outline of `form` as CFF writes it; nothing is drawn for what is missing."""
    from fontTools.pens.t2CharStringPen import T2CharStringPen  # noqa: PLC0415 -- as above
    from fontTools.pens.transformPen import TransformPen  # noqa: PLC0415

    if form is None:
        return T2CharStringPen(0, None).getCharString()
    font, scale = font_of(form.face, form.weight), UNITS / opened(form.face).upem
    pen = T2CharStringPen(round(form.advance), None)
    for glyph, x, y in form.glyphs:
        placed = TransformPen(pen, (scale, 0, 0, scale, x * scale, y * scale))
        font.draw_glyph_with_pen(glyph, placed)
    return pen.getCharString()


def _tag(program: bytes) -> str:
    """Return the six letters that set one subset of a font apart from another."""
    digest = hashlib.sha256(program).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _map(forms: list[Form]) -> bytes:
    """Return the map from codes to text (ToUnicode)."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    entries = [
        f"<{code:04X}> <{form.text.encode('utf-16-be').hex().upper()}>"
        for code, form in enumerate(forms, start=1)
    ]
    for first in range(0, len(entries), CODES_A_BLOCK):
        block = entries[first : first + CODES_A_BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def _stream(content: bytes, **entries: Any) -> Any:
    stream = PDFStream(content=content)
    stream.dictionary.dict.update(entries)
    return stream
