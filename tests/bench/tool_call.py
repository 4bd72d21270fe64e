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

CALLS, WARMING = 300, 20
ARGUMENTS: dict[str, Any] = {"a": 17, "b": 25}


def run() -> list[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        paths = Paths(*[Path(name)] * 4)
        in_memory, on_disk = (Home(paths, os.environ, Settings(), demo=demo) for demo in (True, False))
        return [
            ratio("a tool call, median", *asyncio.run(_run(in_memory)), "ms", 1.3),
            ratio("with its record, pins and rules on disk", *asyncio.run(_run(on_disk)), "ms", 1.4),
        ]


async def _run(home: Home) -> tuple[list[float], list[float]]:
    """Milliseconds of each call through the workbench, and of each through the SDK."""
    ours: list[float] = []
    theirs: list[float] = []
    bench = Workbench(home, [demo_server()])
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "mcp_tui.demo.server"])
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # noqa: ASYNC230
        async with aclosing(bench), Client(stdio_client(parameters, errlog=nowhere)) as client:
            bench.start()
            await bench.hub.wait_settled()
            tool = bench.find_tool("demo", "add")
            assert tool is not None
            await client.list_tools()
            for _ in range(WARMING + CALLS):
                began = time.perf_counter()
                await client.call_tool("add", ARGUMENTS)
                between = time.perf_counter()
                await bench.call_tool(tool, ARGUMENTS)
                theirs.append(1000 * (between - began))
                ours.append(1000 * (time.perf_counter() - between))
    return ours[WARMING:], theirs[WARMING:]
