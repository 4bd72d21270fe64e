"""Dangerous characters in every field of the protocol: drawn as marks, and never obeyed by a real terminal.

Each field holds a word of its own; the tour below sees every one of them on the screen, so none can silently go.
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
F2, F3, F4, F6 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[17~"
ESC, ENTER = "\x1b", "\r"
DOWN, RIGHT, END = "\x1b[B", "\x1b[C", "\x1b[F"
ALONE = 1.5
"""Seconds of quiet around a key of a dialog; it wants 0.4 since it was drawn, and drawing this much takes a while."""
TAB, CALL = "\t", "\x13"
COLUMNS, ROWS = 98, 70
"""One pane at a time, as wide and as high as it can be: little of a text is cut, and little is drawn in vain."""
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

    def open(self, name: str, *fields: str) -> None:
        """Open an item in the Inspector, by the filter of the Explorer."""
        self._terminal.type(f"{F2}/\x15{name}{ENTER}")
        self.look("", words="Explorer")
        self.look(ENTER, *fields, words=name)

    def read(self, wanted: str, *fields: str) -> None:
        """Read an exchange in the traffic, found by its filter, and go back to the whole table."""
        self.look(f"/{wanted}{ENTER}", words=wanted)
        self._terminal.type(ENTER)
        self._terminal.wait_gone("took  ")
        self.look("", *fields)
        self.look(ESC, words="took  ")
        self.look(ESC, words="initialize")

    def answer(self, key: str, *fields: str, words: str = "") -> None:
        """Press a key of a dialog, which counts only alone."""
        self._terminal.press(key, quiet=ALONE)
        self.look("", *fields, words=words)

    def leave(self, words: str) -> None:
        """Close the dialog with these words."""
        self._terminal.press(ESC, quiet=ALONE)
        self._terminal.wait_gone(words)

    def _has(self, fields: tuple[str, ...]) -> bool:
        """A word may be cut at the end of a line, or be the beginning of another."""
        return all(re.search(rf"evil-{field}(?![a-z-])", self._terminal.text) for field in fields)


def see_all(tour: Tour) -> None:
    tour.look(F2, "server-version", "tool-name")
    tour.look(ENTER, "server-name", "server-title", "instructions")
    tour.look(RIGHT, "stderr")
    tour.open("works", "tool-title", "tool-description", "argument-description", "default")
    tour.look(RIGHT, words="Edit as JSON")
    tour.look(f"{DOWN}{TAB}{TAB}{ENTER}", "enum")
    tour.look(ESC, words="Edit as JSON")
    tour.look(CALL, "key", "tool-result", "link-name", "link-uri")
    tour.look(RIGHT + RIGHT, "argument-name", "argument-title")
    tour.look(END, "annotation-title", "value")
    tour.look(F3 + "/call refuses {}" + ENTER, "error-message")
    tour.look("/call fails {}" + ENTER, "tool-error")
    tour.look("/resources" + ENTER, "resource-uri", "resource-description")
    tour.look("/prompts" + ENTER, "prompt-name", "prompt-description")
    tour.look("/call asks {}" + ENTER, "asked-message", "asked-description", "progress", words="asks you")
    tour.answer(TAB)
    tour.answer(TAB)
    tour.look(ENTER, "asked-name")
    tour.look(ESC, "asked-message")
    tour.leave("asks you")
    tour.look("/call samples {}" + ENTER, "sampled-message", "sampled-system", "sampled-hint", "sampled-stop")
    tour.leave("asks a model")
    tour.look("/read evil://text" + ENTER, words="Permission required")
    tour.answer("s", "mime-type", "resource-text")
    tour.look(F3 + "/prompt speech who=x" + ENTER, "prompt-text")
    tour.look(F4 + "3" + END, "messages")
    tour.look("2", "prompt-argument")
    tour.open("evil-template", "template-name")
    tour.open("evil-resource", "resource-name")
    tour.look(F6, words="tools/call")
    tour.read("elicitation", "asked-title", "asked-enum")
    tour.read("refuses", "error-data")
    tour.look(RIGHT, "log")


def start(home: Path) -> Terminal:
    command = [*PROGRAM, "--", sys.executable, "-I", "-S", str(SERVER)]
    return Terminal(command, env=home_environment(home), cwd=home, columns=COLUMNS, rows=ROWS)


def assert_harmless(raw: bytes) -> None:
    assert "⟦U+".encode() in raw and b"evil-" in raw
    assert OBEYED.findall(raw) == []
    assert FORBIDDEN.findall(raw.decode("utf-8")) == []


def test_every_field_of_the_protocol_is_drawn_and_none_as_it_is(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.wait_for("evil-server-version", "evil-tool-name")
        tour = Tour(terminal)
        see_all(tour)
        assert_harmless(bytes(terminal.raw))
    assert FIELDS - tour.seen == set()
