"""A tool call through gate and hub, against the bare SDK, on the same kind of server in turns."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.demo import demo_server
from mcp_tui.workbench.home import Home
from tests.bench.report import Ratio, ratio

CALLS, WARMING = 500, 20
ARGUMENTS: dict[str, Any] = {"a": 17, "b": 25}


def run() -> list[Ratio]:
    return asyncio.run(_run())


async def _run() -> list[Ratio]:
    """As a user has it: with rules, pins and the audit log on disk."""
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # noqa: ASYNC230
        folder = Path(name)
        bench = Workbench(Home(Paths(folder, folder, folder, folder), os.environ, Settings()), [demo_server()])
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "mcp_tui.demo.server"])
        async with aclosing(bench), Client(stdio_client(parameters, errlog=nowhere)) as client:
            bench.start()
            await bench.hub.wait_settled()
            tool = bench.find_tool("demo", "add")
            assert tool is not None
            await client.list_tools()
            ours: list[float] = []
            theirs: list[float] = []
            for _ in range(WARMING + CALLS):
                began = time.perf_counter()
                await client.call_tool("add", ARGUMENTS)
                between = time.perf_counter()
                await bench.call_tool(tool, ARGUMENTS)
                theirs.append(1000 * (between - began))
                ours.append(1000 * (time.perf_counter() - between))
    return [ratio("a tool call, median", ours[WARMING:], theirs[WARMING:], "ms", 1.3)]
