"""From the start of the program to the word Explorer on the screen, against a bare Textual app."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Ratio, ratio
from tests.terminal import Terminal

RUNS = 9
BARE = """
from textual.app import App
from textual.widgets import Footer, Header, Input, Static, TextArea, Tree

class Bare(App):
    def compose(self):
        yield Header()
        yield Tree("Explorer")
        yield Static("static")
        yield TextArea("text")
        yield Input("input")
        yield Footer()

Bare().run()
"""


def run() -> list[Ratio]:
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "TERM": "xterm-256color"}
        script = Path(folder) / "bare.py"
        script.write_text(BARE, encoding="utf-8")
        for number in range(RUNS + 1):
            for times, command in ((bare, [sys.executable, str(script)]), (ours, _ours())):
                with Terminal(command, env=env) as terminal:
                    took = terminal.wait_for("Explorer")
                if number:  # the first round warms the caches
                    times.append(took)
    return [ratio("the word Explorer on screen, against a bare app", ours, bare, "s", 1.25)]


def _ours() -> list[str]:
    return [sys.executable, "-m", "mcp_tui", "demo"]
