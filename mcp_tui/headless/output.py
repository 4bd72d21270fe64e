"""Where words go: results to stdout and nothing else there, everything else to stderr; exit codes."""

from __future__ import annotations

import sys
import time
from enum import IntEnum
from typing import Any

from mcp_tui.domain.errors import (
    AuthNeeded,
    KeyRefused,
    McpTuiError,
    ModelMissing,
    ModelUnreachable,
    NoSuchItem,
    PermissionDenied,
    ServerUnreachable,
    UsageError,
)
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.text import clean, clean_line, safe_json


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    """The tool or the model reported an error."""
    USAGE = 2
    UNREACHABLE = 3
    AUTHORIZATION = 4
    DENIED = 5
    INTERRUPTED = 130


def exit_for(error: McpTuiError) -> Exit:
    """The exit code that an error means."""
    match error:
        case AuthNeeded() | KeyRefused():
            return Exit.AUTHORIZATION
        case ServerUnreachable() | ModelUnreachable():
            return Exit.UNREACHABLE
        case PermissionDenied():
            return Exit.DENIED
        case UsageError() | NoSuchItem() | ModelMissing():
            return Exit.USAGE
        case _:
            return Exit.FAILED


def print_result(text: str) -> None:
    """Lines of a report: into a file or pipe as they are but for secrets, shown form on a terminal."""
    sys.stdout.write((clean(text) if sys.stdout.isatty() else HIDDEN.mask(text)).rstrip("\n") + "\n")


def print_content(text: str) -> None:
    """A server's text: into a file or pipe byte for byte but for secrets, on a terminal as lines of shown form."""
    if sys.stdout.isatty():
        print_result(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(HIDDEN.mask(text).encode(errors="replace"))


def print_bytes(data: bytes, label: str) -> None:
    """Binary content: raw into a file or pipe; a terminal gets only a word about it."""
    if sys.stdout.isatty():
        sys.stdout.write(f"[{clean_line(label)}, {len(data)} bytes: send it to a file with > NAME]\n")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def print_json(value: Any) -> None:
    """A value as JSON that no terminal can be harmed by, secrets masked."""
    sys.stdout.write(safe_json(HIDDEN.mask_value(value)) + "\n")


def say(text: str) -> None:
    """A word to the person, on stderr."""
    print(clean(text), file=sys.stderr, flush=True)


def say_error(error: McpTuiError) -> None:
    """What happened, and what to try."""
    say(f"mcp-tui: {error.what}")
    if error.hint:
        say(f"  {error.hint}")


def moment(when: float) -> str:
    """A Unix time as people write it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(when))
