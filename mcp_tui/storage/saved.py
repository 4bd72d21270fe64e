"""Saves what servers sent as files: new names, readable by the user only, never opened by us."""

from __future__ import annotations

import mimetypes
import os
import re
import time
from pathlib import Path

from mcp_tui.storage.files import make_folder

LONGEST_NAME = 40
"""Characters that are taken of the name that it came from."""


def save_file(folder: Path, name: str, mime_type: str, data: bytes) -> Path:
    """Write the bytes to a new file; its ending tells the type. Raises OSError."""
    make_folder(folder)
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:LONGEST_NAME] or "file"
    ending = mimetypes.guess_extension(mime_type.partition(";")[0].strip()) or ".bin"
    stem = f"{plain}-{time.strftime('%Y%m%d-%H%M%S')}"
    for count in range(1, 1_000):
        path = folder / f"{stem}{f'-{count}' if count > 1 else ''}{ending}"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with open(handle, "wb") as file:
            file.write(data)
        return path
    raise FileExistsError(f"{folder} holds too many files of this name")
