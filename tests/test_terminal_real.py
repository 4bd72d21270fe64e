"""Servers that people use, at the keyboard of a real terminal: browsed, called, read, and their questions answered.

The dialogs are compared, as text, with those in `__snapshots__`; `--snapshot-update` writes them anew.
"""

from __future__ import annotations

import json
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
F2, RIGHT = "\x1bOQ", "\x1b[C"
QUIET = 0.45
"""Seconds around a lone press; the dialogs want 0.4."""

pytestmark = needs_npm


class Person:
    """At the keyboard, with these servers."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def open(self, name: str) -> None:
        """Find something in the Explorer by the filter, and open it in the Inspector."""
        self.terminal.type(F2)
        self.terminal.type(f"/{CTRL_U}{name}")
        self.terminal.wait_for(f"/  {name}")
        self.terminal.type(ENTER)  # from the filter to the first that fits
        self.terminal.type(ENTER)
        self.sees(f" {name}", "· ")

    def fill(self, *values: str, key: str = CTRL_S, waits_for: Sequence[str]) -> None:
        """Type into the form that has the focus, field by field, and send it."""
        self.terminal.type(TAB.join(values))
        self.terminal.type(key)
        self.sees(*waits_for)

    def sees(self, *words: str) -> None:
        self.terminal.wait_for(*words)

    def press(self, key: str) -> None:
        """Answer a question, by a lone press."""
        self.terminal.press(key, quiet=QUIET)

    def dialog(self, title: str, last: str) -> str:
        """The dialog with this title, down to its last answer, once nothing moves on the screen any more."""
        self.sees(title, last)
        seen = -1
        while seen != len(self.terminal.raw):
            seen = len(self.terminal.raw)
            self.terminal.pause(QUIET)
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
        me.sees("everything is new: 17 tools", "git is new", "time is new")
        terminal.type(F2)
        me.sees("● everything", "Tools", "get-sum")

        me.open("get-sum")
        terminal.type(ENTER)
        me.sees("ctrl+s", "First number")
        me.fill("17", "25", waits_for=["The sum of 17 and 25 is 42."])

        me.open("args-prompt")
        me.sees("City", "Fetch")
        me.fill("Oslo", waits_for=["Permission required"])
        me.press("s")
        me.sees("What is sent", "1 message", "What's weather in Oslo?")

        me.open("architecture.md")
        me.sees("text/markdown", "Everything Server")

        me.open("git_log")
        terminal.type(ENTER)
        me.sees("ctrl+s", "repo_path")
        me.fill(repository, waits_for=["First words"])

        me.open("get_current_time")
        terminal.type(ENTER)
        me.sees("ctrl+s", "timezone")
        me.fill("Asia/Kathmandu", waits_for=["+05:45"])

        for server, version in (("git", "2026-07-28"), ("time", "2026-07-28"), ("everything", "2025-11-25")):
            me.open(server)
            me.sees("server · ", version)


@pytest.mark.parametrize(("way", "size"), [("yes", SMALL), ("no", WIDE)], ids=["yes-80x24", "no-140x42"])
def test_the_questions_of_a_server_are_answered_with_the_keyboard_alone(
    tmp_path: Path, snapshot: SnapshotAssertion, size: tuple[int, int], way: str
) -> None:
    with start(tmp_path, size) as terminal:
        me = Person(terminal)
        me.sees("everything is new: 17 tools")

        me.open("trigger-elicitation-request")
        terminal.type(ENTER)
        me.sees("ctrl+s", "No arguments")
        terminal.type(CTRL_S)
        assert me.dialog("everything asks you", "Not now") == snapshot(name="form")
        if way == "yes":
            me.press(TAB)
            terminal.type(f"Ada Lovelace{TAB} {TAB}{TAB}ada@example.org")
            me.sees("ada@example.org")
            assert me.dialog("everything asks you", "Not now") == snapshot(name="form, filled in")
            me.fill(waits_for=["- Name: Ada Lovelace", "- Agreed to terms: true", "- Email: ada@example.org"])
        else:
            me.press(CTRL_R)
            me.sees("User declined")

        me.open("trigger-sampling-request")
        terminal.type(ENTER)
        me.sees("ctrl+s", "prompt")
        terminal.type(f"Why?{CTRL_S}")
        assert me.dialog("everything asks a model", "Refuse") == snapshot(name="sampling")
        if way == "yes":
            me.press(TAB)
            terminal.type("Because.")
            me.sees("Because.")
            me.fill(waits_for=["LLM sampling result", '"text": "Because."'])
        else:
            me.press(ESC)
            me.sees("User rejected sampling request")
