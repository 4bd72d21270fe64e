"""The demo's two programs: an MCP server over pipes and a scripted endpoint over HTTP, both on this machine alone."""

from __future__ import annotations

import asyncio
import json
import sys

from mcp_tui.domain.errors import ModelUnreachable
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.servers.process import child_environment

MODEL = "demo-script"
DEMO = "demo"
"""The source of the demo model's choice; never remembered."""
START_TIMEOUT = 20.0
END_TIMEOUT = 0.5


def demo_server() -> StdioSpec:
    """The bundled MCP server, as a process of its own."""
    return StdioSpec("demo", sys.executable, ("-m", "mcp_tui.demo.server"), origin="mcp-tui demo")


class DemoModel:
    """The scripted endpoint, as a process of ours that ends with us."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start it and return its base URL. Raises ModelUnreachable."""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mcp_tui.demo.model",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environment({}),
        )
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT)
            return str(json.loads(line)["url"])
        except (TimeoutError, ValueError, KeyError) as error:
            await self.stop()
            raise ModelUnreachable("the demo model did not start", subject=MODEL, hint="run it again") from error

    async def stop(self) -> None:
        """End it: it leaves when its input closes, else it is killed."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_TIMEOUT)
        except TimeoutError:
            process.kill()
            await process.wait()
