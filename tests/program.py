"""Runs `mcp-tui` as a child process with a home of its own, as a shell would."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 40.0
"""Seconds that one command may take; a busy machine needs them."""
PROGRAM = (sys.executable, "-m", "mcp_tui")
DEMO = ("--", sys.executable, "-m", "mcp_tui.demo.server")
"""The demo server as a server from the command line."""
DEMO_NAME = "mcp_tui.demo.server"
OURS = ("OPENAI_", "XDG_", "MCP_", "NO_COLOR", "TMUX", "SSH_", "PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")
"""Variables by their beginnings. Without bytecode every start compiles anew; a size overrules the terminal's own."""


def home_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user who has configured nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    xdg = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**kept, **xdg, "HOME": str(home), "TERM": "xterm-256color", **more}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def _hear_signals() -> None:
    """What is started in the background may be deaf to these, and the tests may be run there."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Shell:
    """A home and a folder to run commands in."""

    def __init__(self, home: Path, *, command: Sequence[str] = PROGRAM, **env: str) -> None:
        """`command` is what `run()` runs."""
        self.home = home
        self._command = command
        self.env: Mapping[str, str] = home_environment(home, **env)

    async def run(self, *words: str, **env: str) -> Ran:
        """`mcp-tui WORDS…` with no terminal. Raises TimeoutError."""
        return await self.ended(await self._start(self._command, words, env))

    async def start(self, *words: str, **env: str) -> asyncio.subprocess.Process:
        """Start it, as a process of its own, and go on; `ended()` waits for it."""
        return await self._start(PROGRAM, words, env)

    async def _start(
        self, command: Sequence[str], words: Sequence[str], env: Mapping[str, str]
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command,
            *words,
            cwd=self.home,
            env={**self.env, **env},
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            preexec_fn=_hear_signals,
        )

    async def ended(self, process: asyncio.subprocess.Process) -> Ran:
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate()
        except TimeoutError:
            process.send_signal(signal.SIGKILL)
            out, err = await process.communicate()
            raise TimeoutError(f"it did not end:\n{err.decode()}") from None
        assert process.returncode is not None
        return Ran(process.returncode, out, err.decode())
