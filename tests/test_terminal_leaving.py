"""The person leaves, or the terminal goes away, while the model waits for permission: nothing more is sent to it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from scripted_endpoint import Endpoint, say

from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SERVER = Path(__file__).parent / "hostile" / "server.py"
F3, CTRL_Q = "\x1bOR", "\x11"
CALLS = [("hostile__wipe", {}), ("hostile__password", {})]


@pytest.mark.parametrize("calls", [CALLS, CALLS[:1]], ids=["a batch", "one call"])
@pytest.mark.parametrize("way", [CTRL_Q, signal.SIGTERM, signal.SIGHUP], ids=["ctrl+q", "SIGTERM", "SIGHUP"])
async def test_leaving_an_unanswered_call_tells_the_model_nothing(
    tmp_path: Path, endpoint: Endpoint, way: str | signal.Signals, calls: list[tuple[str, Any]]
) -> None:
    endpoint.script(say(calls=calls), say("never asked for"))
    server = ("--", sys.executable, "-I", "-S", str(SERVER), "--only", "T14,T16,T18")
    env = home_environment(tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")

    def leaving() -> None:
        with Terminal([*PROGRAM, *server], env=env, cwd=tmp_path, columns=98) as terminal:
            terminal.wait_for("● 1", "scripted")
            terminal.type(F3 + "go\r")
            terminal.wait_for("Permission required")
            if isinstance(way, signal.Signals):
                terminal.signal(way)
            else:
                terminal.type(way)
            terminal.wait_exit()
        (audit,) = tmp_path.rglob("audit*.jsonl")
        decisions = [json.loads(line)["decision"] for line in audit.read_text("utf-8").splitlines()]
        assert decisions == ["stopped"] * len(calls), "nobody said no"

    await asyncio.to_thread(leaving)
    assert len(endpoint.requests) == 1, endpoint.requests[1:]
