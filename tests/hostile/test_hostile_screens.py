"""Dangerous characters in every field of the protocol: drawn as marks, and never obeyed by a real terminal.

Each field holds a word of its own; the tour below sees every one of them on the screen, so none can silently go.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.hostile.harmless import assert_harmless
from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SERVER = Path(__file__).parent / "server.py"
FIELDS = set(re.findall(r'(?:poison|text)\("([a-z-]+)"\)', SERVER.read_text(encoding="utf-8")))
"""All that the server fills."""
F2, F3, F4, F6, F8 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[17~", "\x1b[19~"
ESC, ENTER = "\x1b", "\r"
UP, DOWN, RIGHT, END, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[F", "\x1b[6~"
BOTTOM = "\x1b[1;5F"
TAB, CALL, CLEAR = "\t", "\x13", "\x15"
COLUMNS, ROWS = 98, 76
"""One pane at a time, as wide and as high as it can be: little of a text is cut, and little is drawn in vain."""


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

    def open(self, name: str, *fields: str, words: str = "") -> None:
        """Open an item in the Inspector, by the filter of the Explorer."""
        self.look(F2, words="▌Explorer")
        if "filter every server" not in self._terminal.text:
            self.look(ESC, words="filter every server")
        self._terminal.type(f"/{name}")
        self._terminal.wait_until(lambda: re.search(f"/  {name} +[1-9]", self._terminal.text), f"what fits {name}")
        self.look(ENTER + ENTER, *fields, words=words or "▌Inspector")

    def read(self, wanted: str, *fields: str) -> None:
        """Read an exchange in the traffic, found by its filter, and go back to the whole table."""
        self.look(f"/{wanted}{ENTER}", words=wanted)
        self._terminal.type(ENTER)
        self._terminal.wait_gone("took  ")
        self.look("", *fields)
        self.look(ESC, words="took  ")
        self.look(ESC, words="initialize")

    def click(self, words: str) -> None:
        """Click on the first place where these words stand, when they do."""
        self.look("", words=words)
        row, line = next((at, line) for at, line in enumerate(self._terminal.text.split("\n"), 1) if words in line)
        place = f"0;{line.index(words) + 1};{row}"
        self._terminal.type(f"\x1b[<{place}M\x1b[<{place}m")

    def allow(self, *fields: str) -> None:
        """Say yes to the dialog, for the session, and wait for what that shows."""
        self.answer("Allow for session", *fields)

    def answer(self, words: str, *fields: str, then: str = "") -> None:
        """Click on an answer of the dialog, and wait for what that shows."""
        self.look("", words=words)
        self._insist(
            lambda: self.click(words) if words in self._terminal.text else None,
            lambda: then in self._terminal.text and self._has(fields),
        )
        self.seen.update(fields)

    def turn_to(self, words: str) -> None:
        """Page down until these words are there."""
        self._insist(lambda: self._terminal.type(PAGE_DOWN), lambda: words in self._terminal.text)

    def close(self, words: str) -> None:
        """Close a screen with these words that esc closes at once."""
        self._terminal.type(ESC)
        self._terminal.wait_gone(words)

    def leave(self, words: str) -> None:
        """Close the dialog with these words."""
        self._insist(lambda: self._terminal.type(ESC), lambda: words not in self._terminal.text)

    def _insist(self, act: Callable[[], None], done: Callable[[], bool]) -> None:
        """A dialog takes no answer in the first moment that it is seen, so that it may have to be given again."""
        for _ in range(20):
            act()
            with suppress(TimeoutError):
                return self._terminal.wait_until(done, "the dialog's end", within=0.5)
        raise TimeoutError(self._terminal.text)

    def _has(self, fields: tuple[str, ...]) -> bool:
        """A word may be cut at the end of a line, or be the beginning of another."""
        return all(re.search(rf"evil-{field}(?![a-z-])", self._terminal.text) for field in fields)


def see_all(tour: Tour) -> None:
    tour.look(F2, "server-version", "tool-name")
    tour.look(ENTER, "server-name", "server-title", "instructions")
    tour.look(RIGHT, "stderr")
    tour.open("works", "tool-title", "tool-description", "argument-description", "argument-name", "default")
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
    tour.look("/call asks {}" + ENTER + "a draft", "progress", words="? hostile asks you")
    tour.look(F8, "asked-message", "asked-description", words="tab      Fill in")
    tour.click("▼")
    tour.look("", "asked-name")
    tour.look(ESC, "asked-message")
    tour.leave("Fill in")
    tour.look(CLEAR + "/call samples {}" + ENTER, "sampled-message", "sampled-system", "sampled-hint", "sampled-stop")
    tour.look("", "sampled-tool", "sampled-tool-description")
    tour.leave("asks a model")
    tour.look("/read evil://text" + ENTER, words="Permission required")
    tour.allow("mime-type", "resource-text")
    tour.look(F3 + "/prompt speech who=x" + ENTER, "prompt-text")
    tour.look(F4 + "3" + END, "messages")
    tour.look("2", "prompt-argument", words="Fetch")
    tour.open("evil-template", "template-name")
    tour.open("evil-resource", "resource-name")
    tour.look(F6, words="tools/call")
    tour.read("elicitation", "asked-title", "asked-enum")
    tour.read("refuses", "error-data")
    tour.look(RIGHT, "log")
    tour.look(RIGHT, words="asks a model")
    tour.look(BOTTOM + ENTER, "asked-message", words="nothing changes")
    tour.close("nothing changes")
    tour.look(UP + ENTER, "sampled-system", "sampled-message", words="nothing changes")
    tour.close("nothing changes")
    tour.look(F3 + "/call leads {}" + ENTER, "asked-address", "led-message", words="asks you")


def walk_down(tour: Tour) -> None:
    """Through the whole Explorer, with what it points at beside it, and the drawer below."""
    tour.look(F2 + DOWN * 2, words="hostile · tool")
    tour.look(DOWN * 8 + RIGHT, words="¶ speech")
    tour.look(DOWN, words="hostile · prompt")
    tour.look(DOWN * 2 + RIGHT, words="◆ text")
    tour.look(DOWN, words="hostile · resource")
    tour.look(DOWN * 2 + RIGHT, words="◇ evil")
    tour.look(DOWN, words="hostile · template")
    tour.look(F3 + "/call works {}" + ENTER, "tool-result")
    tour.look(F6, words="tools/call")
    tour.look(RIGHT, "log")


def start(home: Path, *words: str, columns: int = COLUMNS, rows: int = ROWS) -> Terminal:
    """The app with the hostile server; without words it plays every field of the protocol."""
    command = [*PROGRAM, "--", sys.executable, "-I", "-S", str(SERVER), *(words or ("--only", "T1"))]
    return Terminal(command, env=home_environment(home), cwd=home, columns=columns, rows=rows)


def test_every_field_of_the_protocol_is_drawn_and_none_as_it_is(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.wait_for("evil-server-version", "evil-tool-name", "Templates")
        tour = Tour(terminal)
        see_all(tour)
        assert_harmless(bytes(terminal.raw))
    assert FIELDS - tour.seen == set()


def test_nothing_is_obeyed_where_three_panes_cut_what_they_show(tmp_path: Path) -> None:
    with start(tmp_path, columns=140, rows=42) as terminal:
        terminal.wait_for("evil-server-version", "evil-tool-name", "Templates")
        walk_down(Tour(terminal))
        assert_harmless(bytes(terminal.raw))
