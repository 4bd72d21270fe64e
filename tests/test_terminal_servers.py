"""Good and bad servers side by side in a real terminal: the good ones ready, the bad ones explained, all ended."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.at_best import at_best
from tests.program import DEMO, PROGRAM, home_environment
from tests.terminal import Terminal, descendants, running

HERE = Path(__file__).parent
CTRL_Q, F2 = "\x11", "\x1bOQ"
QUITS_WITHIN = 1.5
"""Seconds, with five servers of which one ignores SIGTERM; 1.2 on a quiet machine."""


def python(*words: str, **more: Any) -> dict[str, Any]:
    return {"command": sys.executable, "args": list(words), **more}


def start(home: Path) -> Terminal:
    stubborn = str(HERE / "stubborn_server.py")
    servers = {
        "first": python(*DEMO[2:]),
        "second": python(str(HERE / "hostile" / "server.py"), "--only", "T1"),
        "hangs": python(stubborn, "hangs"),
        "deaf": python(stubborn, "deaf"),
        "kaputt": python("-c", "import sys; sys.exit('no luck today')"),
    }
    file = home / "servers.json"
    file.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    return Terminal([*PROGRAM, "--config", str(file)], env=home_environment(home), cwd=home)


def left(home: Path, way: str | signal.Signals) -> float:
    """Seconds until nothing of five servers runs, two of which never answer."""
    with start(home) as terminal:
        terminal.wait_for("Explorer", "exited 1", "9 tools on offer")
        assert "onnecting" in terminal.text or "…" in terminal.text, "two never answer; nothing waits for them"
        children = descendants(terminal.pid)
        assert len(children) >= 4
        if isinstance(way, signal.Signals):
            terminal.signal(way)
        else:
            terminal.type(way)
        took = terminal.wait_exit()
        assert running(children) == []
        return took


@pytest.mark.parametrize("way", [CTRL_Q, signal.SIGTERM, signal.SIGHUP])
def test_good_servers_are_ready_bad_ones_explained_and_none_outlives_the_program(
    tmp_path: Path, way: str | signal.Signals
) -> None:
    assert at_best(lambda: left(tmp_path, way), QUITS_WITHIN) < QUITS_WITHIN


def test_a_server_that_exits_at_once_is_explained_where_one_looks_for_it(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.wait_for("Explorer", "exited 1")
        terminal.press(F2)
        terminal.press("/")
        terminal.type("kaputt")
        terminal.press("\r")
        terminal.type("\r")
        terminal.wait_for("no luck today", "kaputt")


def test_a_killed_server_is_told_of_at_once_and_comes_back_at_r(tmp_path: Path) -> None:
    licence = tmp_path / "no more"
    file = tmp_path / "servers.json"
    broken = python("-I", "-S", str(HERE / "broken" / "server.py"), "gone-for-good", str(licence))
    file.write_text(json.dumps({"mcpServers": {"vault": broken}}), encoding="utf-8")
    with Terminal([*PROGRAM, "--config", str(file)], env=home_environment(tmp_path), cwd=tmp_path) as terminal:
        terminal.wait_for("● vault", "1 tool on offer")
        terminal.press(F2, quiet=0.3)
        terminal.type("\r")
        terminal.wait_for("serving since Monday")
        licence.touch()
        (server,) = descendants(terminal.pid)
        seen = len(terminal.raw)
        os.kill(server, signal.SIGKILL)
        terminal.wait_raw(b"killed", since=seen, within=3.0)  # 0.1 s on a quiet machine
        terminal.wait_for("exited 1", "the licence has run out")
        terminal.type("\x1bOS")  # F4: the Inspector
        licence.unlink()
        terminal.press("r", quiet=0.3)
        terminal.wait_for("● vault", "1 tool on offer", "serving since Monday")
        terminal.type(CTRL_Q)
        terminal.wait_exit()
