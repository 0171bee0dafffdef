"""Whether bytes are a JPEG picture, read from its own markers; pure."""

from __future__ import annotations

import struct

from kernel.errors import N_, Invalid

MOST_BYTES = 4 * 1024 * 1024
LEAST_SIDE = 160
MOST_SIDE = 8192

_START = b"\xff\xd8\xff"
_END = b"\xff\xd9"
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3})  # baseline, extended, progressive, lossless
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


def check_jpeg(data: bytes) -> tuple[int, int]:
    """Return the picture's width and height in pixels.

    Raises:
        Invalid: too many bytes, not a whole JPEG, or of a size that no camera gives.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(N_("L'image est trop lourde : 4 Mo au plus."), "picture")
    size = _size(data) if data.startswith(_START) and _END in data[-64:] else None
    if size is None:
        raise Invalid(N_("Ce n'est pas une image JPEG entière. Reprenez la photo."), "picture")
    if min(size) < LEAST_SIDE or max(size) > MOST_SIDE:
        raise Invalid(N_("L'image n'a pas une taille utilisable. Reprenez la photo."), "picture")
    return size


def _size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame header; None if they do not hold together."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            if at + 9 > len(data):
                return None
            height, width = struct.unpack_from(">HH", data, at + 5)
            return int(width), int(height)
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None
