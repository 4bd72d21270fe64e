"""A tool that only runs as a task, called from a shell: its result stands on stdout like any other."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.program import Shell

TASKS = ("--", sys.executable, str(Path(__file__).parents[1] / "servers" / "task_server.py"))


async def test_a_tool_that_needs_a_task_is_called_as_one(shell: Shell) -> None:
    as_json, failed = await asyncio.gather(
        shell.run("call", "announce", "topic=bees", "--json", *TASKS), shell.run("call", "explode", *TASKS)
    )
    assert (as_json.code, as_json.json["content"][0]["text"]) == (0, '{"topic": "bees"}')
    assert failed.code == 1 and "the task failed: it went wrong" in failed.err
