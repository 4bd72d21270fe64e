"""Reading and writing whole files so that no crash and no second copy of the program can harm them."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

from mcp_tui.domain.errors import ConfigError

try:
    import fcntl
except ImportError:  # no such locks on this system: writes are still atomic, the last one wins
    fcntl = None

PRIVATE = 0o600
LOCK_TIMEOUT = 5.0
"""Seconds to wait for another copy; it holds the lock for milliseconds."""


def read_text(path: Path) -> str | None:
    """The file's text, or None when there is no file. Raises ConfigError when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} is not UTF-8 text", subject=str(path)) from error
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error.strerror}", subject=str(path)) from error


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace the file as a whole, or not at all. A link stays a link: its target is replaced.

    `mode` None keeps the file's own mode; a new file is private. Raises ConfigError when it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        make_folder(target.parent)
        if mode is None:
            mode = target.stat().st_mode & 0o777 if target.exists() else PRIVATE
        _replace(target, text, mode)
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be written: {error.strerror}", subject=str(path)) from error


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, for the user alone."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def open_private(path: Path) -> TextIO:
    """Open a file to append to, for the user alone, even one that others could read so far. Raises OSError."""
    file = open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, PRIVATE))  # noqa: SIM115
    make_private(file.fileno())
    return file


def make_private(file: int, mode: int = PRIVATE) -> None:
    """Give an open file its mode, where there are modes: on Windows a user's folders are private anyway."""
    if hasattr(os, "fchmod"):
        os.fchmod(file, mode)


@contextlib.contextmanager
def locked(path: Path) -> Generator[None, None, None]:
    """Keep other copies of the program from changing files beside `path` meanwhile. Not to be nested.

    Wrap reading, changing and writing in it. The lock is on the folder, so that no lock file stays behind.
    Raises ConfigError when another program holds it for too long.
    """
    target = Path(os.path.realpath(path))
    try:
        make_folder(target.parent)
        folder = os.open(target.parent, os.O_RDONLY) if fcntl else None
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be written: {error.strerror}", subject=str(path)) from error
    try:
        if folder is not None:
            _lock(folder, path)
        yield
    finally:
        if folder is not None:
            os.close(folder)


def _lock(folder: int, path: Path) -> None:
    assert fcntl is not None
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"{path.name} is being changed by another program", subject=str(path), hint="try again"
                ) from None
            time.sleep(0.01)
        except OSError:  # a file system without locks: writes are still atomic, the last one wins
            return


def _replace(target: Path, text: str, mode: int) -> None:
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            make_private(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
