"""A tool call through gate and hub, against the bare SDK, on the same kind of server in turns."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.demo import demo_server
from mcp_tui.workbench.home import Home
from tests.bench.report import Ratio, ratio

CALLS = 300
ARGUMENTS: dict[str, Any] = {"a": 17, "b": 25}


def run() -> list[Ratio]:
    return asyncio.run(_run())


async def _run() -> list[Ratio]:
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Home.open({**os.environ, "XDG_CONFIG_HOME": folder}, demo=True)
        bench = Workbench(home, [demo_server()])
        bench.start()
        await bench.hub.wait_settled()
        tool = bench.find_tool("demo", "add")
        assert tool is not None
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "mcp_tui.demo.server"])
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # noqa: ASYNC230
            async with Client(stdio_client(parameters, errlog=nowhere)) as client:
                await client.list_tools()
                for number in range(CALLS + 20):
                    began = time.perf_counter()
                    await client.call_tool("add", ARGUMENTS)
                    between = time.perf_counter()
                    await bench.call_tool(tool, ARGUMENTS)
                    if number >= 20:
                        theirs.append(1000 * (between - began))
                        ours.append(1000 * (time.perf_counter() - between))
        await bench.aclose()
    return [ratio("a tool call, median", ours, theirs, "ms", 1.3)]
