"""Pictures that questions may carry: known by what they hold, drawn anew, never large.

Drawing one anew leaves behind whatever else its file held: places, names, scripts, comments.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 24_000_000
MOST_SIDE: Final = 1_600
"""Pixels of the longer side that are kept: what a page shows on the widest screen."""
LEAST_SIDE: Final = 4
"""Smaller ones are there to count readers or to keep a distance."""
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_QUALITY: Final = 88
TYPES: Final = {"png": "image/png", "jpg": "image/jpeg"}
"""Content types by the ending that a stored picture has."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept; its name says what it holds."""

    name: str
    data: bytes
    size: tuple[int, int]


def draw(name: str, data: bytes, line: int = 0) -> Picture:
    """Return the picture that a file holds, at most `MOST_SIDE` pixels wide or high.

    Raises:
        NotTaken: it is no picture of a known kind, it moves, or it is too large.
    """
    if len(data) > MOST_BYTES:
        raise NotTaken(
            N_("L'image « %(name)s » dépasse %(mb)s Mo."),
            line=line,
            name=name[:200],
            mb=MOST_BYTES // (1024 * 1024),
        )
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check(name, image, line)
            return _kept(image)
    except NotTaken:
        raise
    except UnidentifiedImageError:
        raise NotTaken(
            N_("« %(name)s » n'est pas une image PNG, JPEG, GIF, WebP ou BMP."),
            line=line,
            name=name[:200],
        ) from None
    except Exception:  # noqa: BLE001 -- a broken picture breaks its decoder in any way
        raise NotTaken(N_("L'image « %(name)s » est abîmée."), line=line, name=name[:200]) from None


def _check(name: str, image: Image.Image, line: int) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise NotTaken(
            N_("L'image « %(name)s » est trop grande : %(width)s × %(height)s points."),
            line=line,
            name=name[:200],
            width=width,
            height=height,
        )
    if min(width, height) < LEAST_SIDE:
        raise NotTaken(
            N_("L'image « %(name)s » est trop petite pour montrer quelque chose."),
            line=line,
            name=name[:200],
        )
    if getattr(image, "n_frames", 1) > 1:
        raise NotTaken(
            N_("L'image « %(name)s » est animée, ce qui n'est pas pris en charge."),
            line=line,
            name=name[:200],
        )


def _kept(image: Image.Image) -> Picture:
    photo = image.format == "JPEG"
    if photo:
        image.draft("RGB", (MOST_SIDE, MOST_SIDE))
    drawn = ImageOps.exif_transpose(image)
    if max(drawn.size) > MOST_SIDE:
        if drawn.mode == "P":
            drawn = drawn.convert("RGBA")
        drawn.thumbnail((MOST_SIDE, MOST_SIDE))
    made = io.BytesIO()
    if photo:
        clean = drawn.convert("RGB")
        clean.info = {}
        clean.save(made, "JPEG", quality=_QUALITY)
    else:
        clean = (
            drawn if drawn.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else drawn.convert("RGB")
        )
        clean.info = {k: v for k, v in clean.info.items() if k == "transparency"}
        clean.save(made, "PNG")
    data = made.getvalue()
    ending = "jpg" if photo else "png"
    return Picture(f"{hashlib.sha256(data).hexdigest()}.{ending}", data, clean.size)
