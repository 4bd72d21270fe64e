"""Dangerous characters in every field of the protocol: drawn as marks, and never obeyed by a real terminal."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

HOSTILE = ("--", sys.executable, str(Path(__file__).parent / "hostile_server.py"))
F2, F3, F4, F6 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[17~"
DOWN, RIGHT = "\x1b[B", "\x1b[C"
STRINGS = re.compile(rb"\x1b[\]PX^_](.*?)(?:\x07|\x1b\\)", re.DOTALL)
"""The sequences with words in them: titles, clipboards, links, pictures."""


def browse(terminal: Terminal) -> None:
    """Look at everything the server offers, at every tab of it, at traffic and log."""
    terminal.press(F2)
    for _ in range(14):
        terminal.type(DOWN)
        terminal.pause(0.15)
        terminal.type(RIGHT)
        terminal.pause(0.15)
    for command in ("/call works {}", "/call fails {}", "/call refuses {}", "/prompt speech", "/read evil://text"):
        terminal.press(F3, quiet=0.3)
        terminal.type(f"{command}\r")
        terminal.pause(0.8)
        if "Permission required" in terminal.text:
            terminal.press("s")
            terminal.pause(0.8)
        terminal.press(F4, quiet=0.3)
        for _ in range(4):
            terminal.type(RIGHT)
            terminal.pause(0.2)
    terminal.press(F6)
    terminal.pause(0.8)


def test_no_field_of_the_protocol_reaches_the_terminal_as_it_is(tmp_path: Path) -> None:
    with Terminal([*PROGRAM, *HOSTILE], env=home_environment(tmp_path), cwd=tmp_path, columns=200) as terminal:
        terminal.wait_for("Explorer", "4 tools on offer")
        browse(terminal)
        raw = bytes(terminal.raw)
    assert b"evil-" in raw and "⟦U+".encode() in raw
    assert [words for words in STRINGS.findall(raw) if b"evil" in words] == []
    assert re.findall(rb"\x1b\[[0-9;?]*[A-Za-z]evil-[a-z-]+\x1b\[6n", raw) == []
    assert b"\x1b]52" not in raw and b"\x1b[6n" not in raw and b"\x1bP" not in raw and b"\x1b_" not in raw
    text = raw.decode("utf-8")
    assert not re.findall("[\x00\x08\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text)
