"""Pictures for tests."""

from __future__ import annotations

import struct


def jpeg(width: int = 640, height: int = 480) -> bytes:
    """The smallest thing that is a JPEG by its markers."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9) + frame + b"\xff\xd9"
    )
