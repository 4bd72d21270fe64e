"""Dangerous characters in every field of the protocol: drawn as marks, and never obeyed by a real terminal.

Each field holds a word of its own; the tour below sees them on the screen, so none of those it visits can silently go.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SERVER = Path(__file__).parent / "hostile_server.py"
FIELDS = set(re.findall(r'(?:poison|text)\("([a-z-]+)"\)', SERVER.read_text(encoding="utf-8")))
"""All that the server fills."""
NOT_VISITED = set(
    [
        "annotation-title",
        "argument-name",
        "argument-title",
        "asked-enum",
        "asked-name",
        "asked-title",
        "enum",
        "error-data",
        "key",
        "link-uri",
        "messages",
        "resource-name",
        "value",
        "log",
        "prompt-argument",
        "prompt-text",
    ]
)
"""Fields for which the tour has no stop yet: that they are drawn is not checked here."""
F2, F3, F4, F6 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[17~"
ESC, ENTER = "\x1b", "\r"
DOWN, RIGHT = "\x1b[B", "\x1b[C"
OBEYED = re.compile(rb"\x1b[PX^_]|\x1b\]52|\x1b\[6n|\x1b\][^\x07\x1b]*evil")
"""A picture, a program command, the clipboard, a question to the terminal; a title or a link of the server's."""
FORBIDDEN = re.compile("[\x00\x08\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


class Tour:
    """Looks at one thing after the other, and keeps count of the fields that were drawn."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.seen: set[str] = set()

    def look(self, keys: str, *fields: str, words: str = "") -> None:
        """Press keys, then wait until each of these fields stands on the screen. Raises TimeoutError."""
        self._terminal.type(keys)
        self._terminal.wait_until(lambda: words in self._terminal.text and self._has(fields), f"{fields} {words}")
        self.seen.update(fields)

    def open(self, name: str) -> None:
        """Open an item in the Inspector, by the filter of the Explorer."""
        self._terminal.type(f"{F2}/\x15")
        self.look(name, words=name)
        self.look(ENTER, words=name)
        self._terminal.type(ENTER)

    def leave(self, words: str) -> None:
        """Close the dialog with these words."""
        self._terminal.press(ESC, quiet=0.5)
        self._terminal.wait_gone(words)

    def allow(self, *fields: str) -> None:
        """Say yes to the dialog, for the session."""
        self._terminal.press("s", quiet=0.5)
        self.look("", *fields)

    def _has(self, fields: tuple[str, ...]) -> bool:
        """A word may be cut at the end of a line, or be the beginning of another."""
        return all(re.search(rf"evil-{field}(?![a-z-])", self._terminal.text) for field in fields)


def see_all(tour: Tour) -> None:
    tour.look("", "server-version", "tool-name")
    tour.look(F2 + ENTER, "server-name", "server-title")
    tour.look(RIGHT, "stderr")
    tour.look(RIGHT, "instructions")
    tour.open("works")
    tour.look("", "tool-title", "tool-description", "argument-description", "default")
    tour.look(F3 + "/call works {}" + ENTER, "link-name", "tool-result")
    tour.look("/call asks {}" + ENTER, "asked-message", "asked-description", "progress", words="asks you")
    tour.leave("asks you")
    tour.look("/call samples {}" + ENTER, "sampled-message", "sampled-system", "sampled-hint", "sampled-stop")
    tour.leave("asks a model")
    tour.look("/call refuses {}" + ENTER, "error-message")
    tour.look("/call fails {}" + ENTER, "tool-error")
    tour.look("/resources" + ENTER, "resource-uri", "resource-description")
    tour.look("/prompts" + ENTER, "prompt-name", "prompt-description")
    tour.look("/read evil://text" + ENTER, words="Permission required")
    tour.allow("mime-type", "resource-text")
    tour.open("template")
    tour.look("", "template-name")


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


def start(home: Path, rows: int) -> Terminal:
    command = [*PROGRAM, "--", sys.executable, "-I", "-S", str(SERVER)]
    return Terminal(command, env=home_environment(home), cwd=home, columns=200, rows=rows)


def assert_harmless(raw: bytes) -> None:
    assert "⟦U+".encode() in raw and b"evil-" in raw
    assert OBEYED.findall(raw) == []
    assert FORBIDDEN.findall(raw.decode("utf-8")) == []


def test_the_fields_of_the_protocol_are_drawn_and_none_as_it_is(tmp_path: Path) -> None:
    with start(tmp_path, rows=100) as terminal:
        terminal.wait_for("Explorer", "6 tools on offer")
        tour = Tour(terminal)
        see_all(tour)
        assert_harmless(bytes(terminal.raw))
    assert FIELDS - tour.seen == NOT_VISITED


def test_browsing_all_tabs_traffic_and_log_gives_the_terminal_nothing_to_obey(tmp_path: Path) -> None:
    with start(tmp_path, rows=42) as terminal:
        terminal.wait_for("Explorer", "6 tools on offer")
        browse(terminal)
        assert_harmless(bytes(terminal.raw))
