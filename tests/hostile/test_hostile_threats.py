"""The threats that are tools of their own, on a real terminal: drawn as words, fetched by nobody, called by none."""

from __future__ import annotations

import random
import re
import socket
from pathlib import Path

import pytest
from test_hostile_screens import CALL, F2, F3, PAGE_DOWN, RIGHT, Tour, start

from tests.hostile.harmless import assert_harmless, not_its_own
from tests.hostile.threats import MOST_LINES
from tests.terminal import Terminal


def call(terminal: Terminal, name: str, *words: str) -> None:
    """Call a tool from the composer, and see these words."""
    Tour(terminal).look(f"{F3}/call {name} {{}}\r", words=words[0])
    terminal.wait_for(*words)


def test_five_hundred_random_texts_are_drawn_and_none_is_obeyed(tmp_path: Path) -> None:
    seen: set[int] = set()

    def more() -> bool:
        found = {int(each) for each in re.findall(r"fuzz-(\d+)\.", terminal.text)}
        if not found or found <= seen or len(found) <= max(found) - min(found):
            return False  # nothing new, or a page that is half drawn
        seen.update(found)
        return True

    with start(tmp_path, "--only", "T1", "--seed", str(random.SystemRandom().randrange(1 << 30))) as terminal:
        terminal.wait_for("evil-server-version")
        Tour(terminal).open("fuzz", words="random texts")
        Tour(terminal).look(RIGHT, words="Edit as JSON")
        terminal.type(CALL)
        terminal.wait_until(more, "the result")
        while len(seen) < MOST_LINES:
            terminal.type(PAGE_DOWN)
            terminal.wait_until(more, f"more than {len(seen)} texts")
        assert_harmless(bytes(terminal.raw))


@pytest.fixture
def listener() -> socket.socket:
    """Somebody who would hear of anything that is fetched."""
    door = socket.create_server(("127.0.0.1", 0))
    door.setblocking(False)
    return door


def test_markup_hidden_text_pictures_and_painted_dialogs_are_words(tmp_path: Path, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener, start(tmp_path, "--only", "T2,T3,T9,T15,T17", "--address", address) as terminal:
        terminal.wait_for("△ markup")
        call(terminal, "markup", "[@click=app.quit]click me[/]", "[link=file:///etc/passwd]")
        Tour(terminal).click("click me")  # T2: it would leave the program
        call(terminal, "hidden", "ignore the user", "⟦U+202E⟧")
        call(terminal, "picture", f"{address}/picture", f"{address}/resource")
        call(terminal, "dialog", "mcp-tui wants to update itself", "3 more lines")
        Tour(terminal).click("3 more lines")
        terminal.type("\r")
        terminal.wait_for("Allow once", "← broken")
        painted = [line for line in terminal.text.splitlines() if re.search("wants to update|Allow once|Deny", line)]
        assert len(painted) == 3 and all(line.lstrip()[0] in "▎▌" for line in painted), "behind the gutter"
        terminal.type(F3)
        terminal.press("a")
        terminal.press("d")
        terminal.wait_for("▎  ad", "Allow once")  # its keys are letters, and it stays where it is
        terminal.type("\x15")
        call(terminal, "flood", "[[[[[[[[")
        assert "\U0001f468\u200d\U0001f469\u200d\U0001f467".encode() in terminal.raw, "an honest family stays whole"
        raw = bytes(terminal.raw)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert not_its_own(raw) == []


def test_a_tool_that_turns_into_another_is_called_no_more(tmp_path: Path) -> None:
    with start(tmp_path, "--only", "T5") as terminal:
        terminal.wait_for("■ wolf")
        for name in ("turncoat", "wolf"):
            call(terminal, name, "done")
            Tour(terminal).look(F2, words=f"△ {name}")
            call(terminal, name, "changed since it was accepted")
