"""Servers that people use, at the keyboard of a real terminal: browsed, called, read, and their questions answered.

The dialogs are compared, as text, with those in `__snapshots__`; `--snapshot-update` writes them anew.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.npm import install, needs_npm
from tests.program import PROGRAM, home_environment
from tests.real.real_kit import SERVERS
from tests.terminal import Terminal

SMALL, WIDE = (80, 24), (140, 42)
CTRL_R, CTRL_S, CTRL_U, ENTER, ESC, TAB = "\x12", "\x13", "\x15", "\r", "\x1b", "\t"
F2, HOME, END = "\x1bOQ", "\x1b[H", "\x1b[F"
QUIET = 0.45
"""Seconds around a lone press; the dialogs want 0.4."""
REST = 0.25
"""Seconds without a word from the program that are rest."""

pytestmark = needs_npm


class Person:
    """At the keyboard, with these servers."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def find(self, words: str, name: str) -> None:
        """Find something in the Explorer by the filter, and go to it in the Inspector."""
        self.terminal.type(F2)
        self.is_in("Explorer")
        self.terminal.type("/")
        self.rest()
        self.terminal.type(f"{CTRL_U}{words}")
        self.sees(f"/  {words}", name)
        self.terminal.type(ENTER)  # from the filter to the first that fits
        self.terminal.type(ENTER)
        self.is_in("Inspector", name)

    def open_server(self, *waits_for: str) -> None:
        """Open the page of the server that was found, which stands first in the filtered tree."""
        self.terminal.type(F2)
        self.is_in("Explorer")
        self.terminal.type(HOME)
        self.terminal.type(ENTER)
        self.is_in("Inspector", "server · local program", *waits_for)

    def call(self, *values: str, waits_for: Sequence[str]) -> None:
        """Fill in the form of the tool in the Inspector, and call it."""
        self.terminal.type(ENTER)
        self.sees("^s  call")
        self.rest()
        self.fill(*values, waits_for=waits_for)

    def is_in(self, pane: str, *words: str) -> None:
        """Wait for the words, and for the pane's title to be lit up."""
        cells = self.terminal.screen.buffer

        def lit() -> bool:
            lines = enumerate(self.terminal.text.split("\n"))
            return any(pane in line and cells[row][line.index(pane)].bold for row, line in lines)

        self.terminal.wait_until(
            lambda: lit() and all(each in self.terminal.text for each in words), f"{pane}, {words}"
        )

    def fill(self, *values: str, waits_for: Sequence[str] = ()) -> None:
        """Type into the form that has the focus, field by field, and send it if something is waited for then."""
        for at, value in enumerate(values):
            self.terminal.type(f"{TAB if at else ''}{value}")
            self.rest()
        if waits_for:
            self.terminal.type(CTRL_S)
            self.sees(*waits_for)

    def rest(self, seconds: float = REST) -> None:
        """Wait until nothing moves on the screen any more."""
        seen = -1
        while seen != len(self.terminal.raw):
            seen = len(self.terminal.raw)
            self.terminal.pause(seconds)

    def sees(self, *words: str) -> None:
        self.terminal.wait_for(*words)

    def are_ready(self, count: int) -> None:
        """Wait for so many servers, and what they offer."""
        terminal = self.terminal
        terminal.wait_until(lambda: terminal.text.count("● ") >= count or f"● {count} " in terminal.text, "servers")
        self.sees("Tools")

    def press(self, key: str) -> None:
        """Answer a question, by a lone press."""
        self.terminal.press(key, quiet=QUIET)

    def dialog(self, last: str) -> str:
        """The dialog on the screen, down to its last answer, once nothing moves in it; a clock may tick behind it."""
        self.sees("▀▀▀", last)
        before, now = "", self._dialog(last)
        while before != now:
            self.terminal.pause(4 * REST)
            before, now = now, self._dialog(last)
        return now

    def _dialog(self, last: str) -> str:
        lines = self.terminal.text.split("\n")
        top = next(at for at, line in enumerate(lines) if "▀▀▀" in line)
        bottom = next(at for at, line in enumerate(lines) if last in line)
        left, right = lines[top].index("▀"), lines[top].rindex("▀") + 1
        return "\n".join(line[left:right].rstrip() for line in lines[top : bottom + 1])


def start(home: Path, size: tuple[int, int], **servers: dict[str, Any]) -> Terminal:
    everything = {"command": str(install(*SERVERS) / ".bin" / "mcp-server-everything")}
    file = home / "servers.json"
    file.write_text(json.dumps({"mcpServers": {"everything": everything, **servers}}), encoding="utf-8")
    command = [*PROGRAM, "--config", str(file)]
    return Terminal(command, env=home_environment(home), cwd=home, columns=size[0], rows=size[1])


def python(module: str, *words: str) -> dict[str, Any]:
    return {"command": sys.executable, "args": ["-m", module, *words]}


@pytest.fixture
def repository(tmp_path: Path) -> str:
    if shutil.which("git") is None:
        pytest.skip("git is missing, which the server runs")
    folder = tmp_path / "repository"
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", *who, "commit", "-qm", "First words", "--allow-empty"], cwd=folder, check=True)
    return str(folder)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids="{0[0]}x{0[1]}".format)
def test_three_servers_are_browsed_called_and_read_with_the_keyboard_alone(
    tmp_path: Path, repository: str, size: tuple[int, int]
) -> None:
    git = python("mcp_server_git", "--repository", repository)
    with start(tmp_path, size, git=git, time=python("mcp_server_time")) as terminal:
        me = Person(terminal)
        me.are_ready(3)
        terminal.type(F2)
        me.is_in("Explorer", "● everything", "Tools", "17", "■ get-sum")
        terminal.type(END)
        me.sees("Prompts", "Resources", "Templates")

        me.find("get-sum", "get-sum")
        me.call("17", "25", waits_for=["The sum of 17 and 25 is 42."])

        me.find("args-prompt", "args-prompt")
        me.sees("ctrl+s  fetches")
        me.rest()
        me.fill("Oslo", waits_for=["Permission required", "Deny"])
        me.rest()
        me.press("s")
        me.sees("What is sent", "1 message", "What's weather in Oslo?")

        me.find("architecture", "architecture.md")
        me.sees("text/markdown", "Everything Server")

        me.find("git_log", "git_log")
        me.call(repository, waits_for=["First words"])
        me.open_server("2026-07-28")

        me.find("get_current", "get_current_time")
        me.call("Asia/Kathmandu", waits_for=["+05:45"])
        me.open_server("2026-07-28")


@pytest.mark.parametrize("size", [SMALL, WIDE], ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("way", ["yes", "no"])
def test_the_questions_of_a_server_are_answered_with_the_keyboard_alone(
    tmp_path: Path, snapshot: SnapshotAssertion, size: tuple[int, int], way: str
) -> None:
    with start(tmp_path, size) as terminal:
        me = Person(terminal)
        me.are_ready(1)

        me.find("trigger-elic", "trigger-elicitation-re")
        terminal.type(ENTER)
        me.sees("^s  call", "No arguments")
        terminal.type(CTRL_S)
        assert me.dialog("Not now") == snapshot(name="form")
        if way == "yes":
            me.rest()
            me.fill(f"{TAB}Ada Lovelace", " ", "", "ada@example.org")
            assert me.dialog("Not now") == snapshot(name="form, filled in")
            me.fill(waits_for=["- Name: Ada Lovelace", "- Agreed to terms: true", "- Email: ada@example.org"])
        else:
            me.press(CTRL_R)
            me.sees("User declined")

        me.find("sampling", "trigger-sampling-req")
        terminal.type(ENTER)
        me.sees("^s  call", "prompt")
        terminal.type(f"Why?{CTRL_S}")
        assert me.dialog("Refuse") == snapshot(name="sampling")
        if way == "yes":
            me.rest()
            me.fill(f"{TAB}Because.", waits_for=["LLM sampling result", '"text": "Because."'])
        else:
            me.press(ESC)
            me.sees("User rejected sampling")
