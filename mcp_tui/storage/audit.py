"""The audit log in a file: a line for each record, only ever added to, readable by the user alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mcp_tui.domain.audit import Record
from mcp_tui.domain.errors import ConfigError
from mcp_tui.storage.files import PRIVATE, locked, make_folder, make_private

MOST_BYTES = 10_000_000
"""A file that is longer when the program starts is set aside as `audit.1.jsonl`, the next one as `audit.2.jsonl`."""
_BLOCK = 1 << 16
_LINE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


class AuditFile:
    """`domain.audit.AuditLog` on disk. Several copies of the program may add to it, none can harm another's line.

    Each record is one write at the file's end. What a crash left of a line stays alone: the next line begins anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open: int | None = None

    def append(self, record: Record) -> None:
        if self._open is None:
            self._open = self._opened()
        os.write(self._open, f"{_LINE.encode(record)}\n".encode())

    def read(self, most: int) -> tuple[list[Record], int]:
        records: list[Record] = []
        broken = 0
        for line in _last_lines(self._file, *self._older(), most=most):
            try:
                found: Any = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                records.append(found)
            else:
                broken += 1
        return records[::-1], broken

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def _opened(self) -> int:
        make_folder(self._file.parent)
        self._make_room()
        file = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
        make_private(file)
        if os.fstat(file).st_size:
            os.lseek(file, -1, os.SEEK_END)
            if os.read(file, 1) != b"\n":
                os.write(file, b"\n")
        return file

    def _make_room(self) -> None:
        try:
            with locked(self._file):
                if self._file.exists() and self._file.stat().st_size > MOST_BYTES:
                    last = max(map(_number, self._older()), default=0)
                    os.replace(self._file, self._file.with_suffix(f".{last + 1}{self._file.suffix}"))
        except ConfigError:
            pass  # another copy is at it

    def _older(self) -> list[Path]:
        """What was set aside, the newest first. Nothing of it is ever removed."""
        found = (each for each in self._file.parent.glob(f"{self._file.stem}.*{self._file.suffix}") if _number(each))
        return sorted(found, key=_number, reverse=True)


def _number(file: Path) -> int:
    """3 of `audit.3.jsonl`; 0 for any other file."""
    number = file.suffixes[-2][1:] if len(file.suffixes) > 1 else ""
    return int(number) if number.isdecimal() else 0


def _last_lines(*files: Path, most: int) -> Iterator[bytes]:
    """The last lines of files that follow each other backwards, the newest first; empty ones are left out."""
    for file in files:
        if not file.exists():
            continue
        for line in _backwards(file):
            if line.strip():
                if not most:
                    return
                most -= 1
                yield line


def _backwards(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        at, rest = file.seek(0, os.SEEK_END), b""
        while at:
            size = min(_BLOCK, at)
            at -= size
            file.seek(at)
            lines = (file.read(size) + rest).split(b"\n")
            rest = lines[0]
            yield from reversed(lines[1:])
        yield rest
