"""How many pixels a picture has, read from its first bytes; nothing of it is decoded."""

from __future__ import annotations

import struct

_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG that begin a frame, which tells the size."""


def pixels(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, a GIF or a JPEG; None for anything else, and for what is cut or wrong."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if data[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack("<HH", data[6:10])
            return width, height
        return _of_jpeg(data) if data.startswith(b"\xff\xd8") else None
    except struct.error:
        return None


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at : at + 1] == b"\xff":
        marker, length = struct.unpack(">BH", data[at + 1 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
