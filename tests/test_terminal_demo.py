"""The demo at the keyboard of a real terminal: the loop with the model, sizes, suspending, leaving."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.at_best import at_best
from tests.program import DEMO, PROGRAM, home_environment
from tests.terminal import Terminal, descendants, running

CTRL_C, CTRL_P, CTRL_Q, CTRL_Z, F2, SHIFT_TAB, UP = "\x03", "\x10", "\x11", "\x1a", "\x1bOQ", "\x1b[Z", "\x1b[A"
QUITS_WITHIN = 1.5
"""Seconds; 0.6 on a quiet machine."""
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:[34][0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")
"""Sets a colour, of letters or of the ground; 39 and 49 are the terminal's own."""


def start(home: Path, *words: str, columns: int = 140, rows: int = 42, **env: str) -> Terminal:
    env = home_environment(home, MCP_TUI_DEMO_DELAY="0", **env)
    return Terminal([*PROGRAM, *words], env=env, cwd=home, columns=columns, rows=rows)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Terminal]:
    """The demo, with its server and its model ready."""
    with start(tmp_path, "demo") as terminal:
        terminal.wait_for("Explorer", "9 tools on offer", "a script, not an AI")
        yield terminal


def ask(terminal: Terminal, text: str) -> None:
    """Type a message, and wait until the question about the call can be answered."""
    terminal.type(f"{text}\r")
    terminal.wait_for("Permission required", "Allow once", "Deny")


def test_an_allowed_call_gives_its_result_to_the_model(demo: Terminal) -> None:
    ask(demo, "add 17 and 25")
    demo.press("a")
    demo.wait_for("42")
    demo.wait_gone("Permission required")


def test_a_denied_call_does_not_run_and_the_turn_goes_on(demo: Terminal) -> None:
    ask(demo, "add 17 and 25")
    demo.press("d")
    demo.wait_gone("Permission required")
    demo.wait_for("enied")
    demo.pause(0.5)
    assert "42" not in demo.text


def test_typing_never_answers_a_question_and_loses_no_character(demo: Terminal) -> None:
    ask(demo, "add 17 and 25")
    demo.type("dad says add as dad", gap=0.05)
    demo.wait_gone("Permission required")
    demo.wait_for("dad says add as dad", "F8")
    assert "42" not in demo.text


def test_a_question_that_waits_draws_nothing_anew(demo: Terminal) -> None:
    """Over ssh each redrawing counts; the card of the running call behind the question must not turn."""
    ask(demo, "ask me")
    demo.press("a")
    demo.wait_for("demo asks you", "Favourite")
    demo.pause(1.0)
    before = len(demo.raw)
    demo.pause(2.0)
    assert len(demo.raw) - before < 500


def test_ctrl_c_never_leaves(demo: Terminal) -> None:
    demo.type(CTRL_C)
    demo.wait_for("ctrl+q quits")
    demo.type("still here")
    demo.wait_for("still here")


def test_y_puts_the_focused_block_of_the_chat_into_the_clipboard_of_the_terminal(demo: Terminal) -> None:
    said = "blue elephants, Żaneta"
    demo.type(f"{said}\r")
    demo.wait_for("your words name none of")
    for key in (SHIFT_TAB, UP, UP, UP, "y"):
        demo.press(key, quiet=0.2)
    demo.wait_for(f"Copied {len(said)} characters")
    demo.wait_raw(b"\x1b]52;c;" + base64.b64encode(said.encode()) + b"\x07")


def test_without_colours_the_screens_still_read(tmp_path: Path) -> None:
    with start(tmp_path, "demo", NO_COLOR="1") as terminal:
        terminal.wait_for("● demo", "9 tools on offer", "a script, not an AI")
        ask(terminal, "add 17 and 25")
        assert "▎  d   Deny" in terminal.text and "▎  a   Allow" not in terminal.text
        terminal.press("a")
        terminal.wait_for("✓  add")
        terminal.type(F2)
        terminal.wait_until(lambda: terminal.stands_out("● demo"), "the row in the Explorer to stand out")
        terminal.press(CTRL_P, quiet=0.3)
        terminal.wait_for("Search for commands", "Go to the Explorer")
        terminal.wait_until(lambda: terminal.stands_out("› Help"), "the row in the palette to stand out")
        assert not COLOUR.search(terminal.raw)


def test_ctrl_z_gives_the_terminal_back_and_fg_restores_the_screen(demo: Terminal) -> None:
    assert not demo.is_cooked()
    demo.type(CTRL_Z)
    demo.wait_stopped()
    assert demo.is_cooked()
    before = len(demo.raw)
    demo.signal(signal.SIGCONT)
    demo.wait_raw(b"Explorer", since=before)
    demo.type("after the break")
    demo.wait_for("after the break")
    assert not demo.is_cooked()


def left(home: Path, way: str) -> float:
    """Leave the demo: seconds until nothing of it runs, and the terminal is as it was."""
    with start(home, "demo") as demo:
        demo.wait_for("9 tools on offer")
        children = descendants(demo.pid)
        assert len(children) >= 2, "the demo's server and its model"
        match way:
            case "ctrl+q":
                demo.type(CTRL_Q)
            case "quit":
                demo.type("quit\r")
            case _:
                demo.signal(signal.Signals[way])
        took = demo.wait_exit()
        assert running(children) == []
        assert demo.exit_code == {"SIGTERM": 143, "SIGHUP": 129}.get(way, 0)
        assert demo.is_cooked()
        assert b"\x1b[?1049l" in demo.raw and b"\x1b[?25h" in demo.raw, "the screen and the cursor are given back"
        return took


@pytest.mark.parametrize("way", ["ctrl+q", "quit", "SIGTERM", "SIGHUP"])
def test_every_way_out_is_quick_and_leaves_nothing_running(tmp_path: Path, way: str) -> None:
    assert at_best(lambda: left(tmp_path, way), QUITS_WITHIN) < QUITS_WITHIN


@pytest.mark.parametrize("first", ["Explorer", "9 tools on offer"])
def test_leaving_while_much_is_still_being_loaded_waits_for_none_of_it(tmp_path: Path, first: str) -> None:
    def left_soon() -> float:
        with start(tmp_path, "demo") as terminal:
            terminal.wait_for(first)
            terminal.type(CTRL_Q)
            took = terminal.wait_exit()
            assert terminal.exit_code == 0 and terminal.is_cooked()
            return took

    assert at_best(left_soon, QUITS_WITHIN) < QUITS_WITHIN


def test_the_smallest_window_and_every_resize_are_survived(tmp_path: Path) -> None:
    with start(tmp_path, "demo", columns=40, rows=12) as terminal:
        terminal.wait_for("Chat")
        for columns, rows in ((80, 24), (20, 5), (200, 60), (40, 12)):
            terminal.resize(columns, rows)
            terminal.pause(0.5)
        terminal.type("still here")
        terminal.wait_for("still here")
        terminal.type(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0


def test_two_copies_at_once_share_the_files_of_one_user(tmp_path: Path) -> None:
    with start(tmp_path, *DEMO) as one, start(tmp_path, *DEMO) as two:
        for terminal in (one, two):
            terminal.wait_for("Tools", "demo.server")
        for terminal in (one, two):
            terminal.type(CTRL_Q)
            terminal.wait_exit()
            assert terminal.exit_code == 0
    folders = [Path(folder) for folder, _, files in os.walk(tmp_path) for _ in files]
    assert not [path for folder in folders for path in folder.glob("*.json") if not _is_json(path)]


def _is_json(path: Path) -> bool:
    json.loads(path.read_text(encoding="utf-8"))
    return True


CRASHES = """
import sys
from mcp_tui.cli import main
from mcp_tui.ui.app import McpTuiApp
from mcp_tui.ui.widgets.chat_pane import ChatPane

def fall_over(self, event=None):
    raise RuntimeError("evil \\x1b[2J words")

McpTuiApp.action_help = fall_over
ChatPane.on_composer_submitted = fall_over
sys.exit(main(["demo"]))
"""


def test_an_action_that_fails_is_survived_and_after_a_crash_the_terminal_is_as_it_was_and_nothing_runs(
    tmp_path: Path,
) -> None:
    env = home_environment(tmp_path)
    with Terminal([sys.executable, "-c", CRASHES], env=env, cwd=tmp_path) as terminal:
        terminal.wait_for("Explorer", "9 tools on offer")
        children = descendants(terminal.pid)
        terminal.type("\x1bOP")  # F1, an action
        terminal.wait_for("Something went wrong: evil ⟦U+001B⟧[2J words")
        terminal.type("still here")
        terminal.wait_for("still here")
        terminal.type("\r")  # a message of the composer's
        terminal.wait_exit()
        assert running(children) == []
        assert terminal.exit_code == 1
        assert terminal.is_cooked()
        said = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
    assert "mcp-tui stopped: RuntimeError" in said
    log = tmp_path / "state" / "mcp-tui" / "mcp-tui.log"
    assert str(log) in said.replace("\r\n", "")
    written = log.read_text(encoding="utf-8")
    assert "in fall_over" in written and "⟦U+001B⟧[2J words" in written and "\x1b" not in written
