"""What the tests of servers share: specs of the two scripts, an ear for happenings, somebody who answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling, ServerAsks
from mcp_tui.domain.content import block_text
from mcp_tui.domain.happenings import CatalogChanged, Happening, Logged, Noticed
from mcp_tui.domain.servers import ServerSpec, ServerState, StdioSpec
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub
from tests.nobody import NobodyAnswers
from tests.terminal import running

HERE = Path(__file__).parent
PATIENCE = 15.0
T = TypeVar("T")


def raw(mode: str = "", name: str = "", **more: Any) -> StdioSpec:
    """The server without an SDK."""
    return StdioSpec(name or mode or "raw", sys.executable, (str(HERE / "raw_server.py"), mode), **more)


def modern(name: str = "modern", **more: Any) -> StdioSpec:
    """The server made with the SDK."""
    return StdioSpec(name, sys.executable, (str(HERE / "sdk_server.py"),), **more)


async def soon(what: Awaitable[T]) -> T:
    """Bounded waiting."""
    return await asyncio.wait_for(what, PATIENCE)


class Host:
    """A hub (which gets what is in `more`), its trace, and all that happened."""

    def __init__(self, asks: ServerAsks | None = None, **more: Any) -> None:
        self.trace = Trace()
        self.happened: list[Happening] = []
        self.states: list[tuple[str, ServerState]] = []
        self.reasons: set[str] = set()
        self._news = asyncio.Event()
        self.trace.listener = lambda _: self._news.set()
        self.hub = Hub(self.trace, self._hear, asks, **more)

    def _hear(self, happening: Happening) -> None:
        self.happened.append(happening)
        if not isinstance(happening, Logged | Noticed) and happening.server in self.hub.names:
            status = self.hub.status(happening.server)
            self.states.append((happening.server, status.state))
            self.reasons.add(status.reason)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so, looking again whenever something happens or passes the wire."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def ready(self, *specs: ServerSpec) -> None:
        """Add servers and wait until all are settled."""
        for spec in specs:
            self.hub.add(spec)
        await soon(self.hub.wait_settled([spec.name for spec in specs]))

    async def comes_back(self, name: str) -> None:
        """Wait until a server was lost, and is ready again."""
        lost = (name, ServerState.LOST)
        await self.until(lambda: lost in self.states and self.hub.status(name).state is ServerState.READY)

    def logged(self, level: str) -> list[str]:
        return [each.text for each in self.happened if isinstance(each, Logged) and each.level == level]

    def catalog_changes(self) -> int:
        return sum(isinstance(each, CatalogChanged) for each in self.happened)

    def pid(self, name: str) -> int:
        info = self.hub.info(name)
        assert info is not None and info.pid is not None
        return info.pid

    async def call(self, tool: str, server: str = "raw", **arguments: Any) -> str:
        return (await soon(self.hub.call_tool(server, tool, arguments))).text


@contextlib.asynccontextmanager
async def hosting(*specs: ServerSpec, asks: ServerAsks | None = None, **more: Any) -> AsyncGenerator[Host]:
    """A host with these servers settled; closed at the end. `more` goes to its hub."""
    host = Host(asks, **more)
    try:
        await host.ready(*specs)
        yield host
    finally:
        await host.hub.aclose()


class Answers(NobodyAnswers):
    """Answers every question with a name, once `go` is set."""

    def __init__(self) -> None:
        self.asked: list[Elicitation] = []
        self.open = 0
        self.first_open = asyncio.Event()
        self.both_open = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        self.asked.append(ask)
        self.open += 1
        self.first_open.set()
        if self.open == 2:
            self.both_open.set()
        try:
            await self.go.wait()
        finally:
            self.open -= 1
        return ElicitReply("accept", {"name": "Ada"})

    async def sample(self, ask: Sampling) -> SampleReply | None:
        (message,) = ask.messages
        return SampleReply(f"an answer to: {block_text(message.blocks[0])}", "test-model")


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be taken note of does not."""
    return bool(running([pid]))


async def gone(pid: int) -> None:
    """Wait until a process is gone."""
    async with asyncio.timeout(5):
        while is_alive(pid):  # noqa: ASYNC110 (nobody tells of the end of a process that is not our child)
            await asyncio.sleep(0.02)


def kill(pid: int) -> None:
    os.kill(pid, 9)
