"""What the tests against real servers share: a hub with one server, and a person who answers as told."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp_tui.domain.asks import Elicitation, ElicitReply, Root, SampleReply, Sampling
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.happenings import Happening, Logged
from mcp_tui.domain.schema import sample
from mcp_tui.domain.servers import HttpSpec, ServerSpec, ServerState, StdioSpec
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub

PATIENCE = 30.0
SERVERS = tuple(f"@modelcontextprotocol/server-{name}@2026.8.31" for name in ("everything", "filesystem", "memory"))


@dataclass
class Person:
    """Fills in forms and answers for the model, or refuses both."""

    willing: bool = True
    asked: list[Elicitation | Sampling] = field(default_factory=list[Elicitation | Sampling])

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        self.asked.append(ask)
        if not self.willing:
            return ElicitReply("decline")
        return ElicitReply("accept", sample(dict(ask.schema)) if ask.schema else None)

    async def sample(self, ask: Sampling) -> SampleReply | None:
        self.asked.append(ask)
        return SampleReply("forty-two", "a person") if self.willing else None


@dataclass
class Session:
    """A hub with one connected server."""

    hub: Hub
    name: str
    person: Person
    news: list[Happening]

    async def call(self, tool: str, **arguments: Any) -> ToolResult:
        return await asyncio.wait_for(self.hub.call_tool(self.name, tool, arguments), PATIENCE)

    async def said(self, tool: str, **arguments: Any) -> str:
        """All text of a result that is no error."""
        result = await self.call(tool, **arguments)
        text = "\n".join(block.text for block in result.blocks if isinstance(block, TextBlock))
        assert not result.is_error, text
        return text

    @property
    def log(self) -> str:
        return "\n".join(each.text for each in self.news if isinstance(each, Logged))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for something to be so. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(self.log)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def session(spec: ServerSpec, *, willing: bool = True, roots: tuple[Root, ...] = ()) -> AsyncGenerator[Session]:
    """Connect to a real server; it must be ready."""
    news: list[Happening] = []
    person = Person(willing)
    hub = Hub(Trace(), news.append, person, sampling=True, roots=roots)
    try:
        hub.add(spec)
        await asyncio.wait_for(hub.wait_settled(), PATIENCE)
        status = hub.status(spec.name)
        assert status.state is ServerState.READY, f"{status.reason} {hub.stderr(spec.name)}"
        yield Session(hub, spec.name, person, news)
    finally:
        await hub.aclose()


@asynccontextmanager
async def served(program: str, way: str) -> AsyncGenerator[ServerSpec]:
    """The entry of server-everything; over HTTP it runs meanwhile."""
    if way == "stdio":
        yield StdioSpec("everything", program)
        return
    port = free_port()
    env = {**os.environ, "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        program, way, env=env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while str(port).encode() not in await process.stderr.readline():
                assert process.returncode is None
        yield HttpSpec("everything", f"http://127.0.0.1:{port}/{'sse' if way == 'sse' else 'mcp'}")
    finally:
        process.kill()
        await process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
