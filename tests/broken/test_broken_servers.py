"""Every kind of broken server at once in one hub, beside a good one: what is told of each, and how soon."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from mcp_tui.domain.happenings import Happening
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub
from tests.broken.http_server import broken_http
from tests.broken.kinds import KINDS, seen, stdio, table
from tests.broken.pace import pace_of

AT_ONCE = 6
"""Kinds that misbehave at the same time: the seconds of each are measured, so they must not starve each other."""

ANSWERED, PARSED = 0.1, 2.0
"""Seconds: a good server answers within some milliseconds; a frame of 50 MB takes 0.2 on a quiet machine."""


def deaf(_: Happening) -> None:
    """Nobody looks."""


@contextlib.asynccontextmanager
async def hub_with_good_servers() -> AsyncGenerator[Hub]:
    hub = Hub(Trace(), deaf)
    async with broken_http("http-good") as url:
        hub.add(stdio("good"))
        hub.add(HttpSpec("good at an address", url))
        try:
            await hub.wait_settled()
            yield hub
        finally:
            await hub.aclose()


async def test_each_kind_is_told_in_words_and_in_time(tmp_path: Path) -> None:
    quiet, loud = ([kind for kind in KINDS if kind.loud is so] for so in (False, True))
    wrong: list[str] = []
    async with hub_with_good_servers() as hub:
        good = hub.names
        before = [hub.status(name) for name in good]
        crowd = asyncio.Semaphore(AT_ONCE)
        async with pace_of(lambda: hub.call_tool("good", "echo", {}), pause=0.05) as pace:
            told = await asyncio.gather(*(seen(hub, kind, tmp_path, crowd) for kind in quiet))
            told += [await seen(hub, kind, tmp_path, crowd) for kind in loud]
        assert [hub.status(name) for name in good] == before, "not even the time of their last change"
        for kind, (words, took) in zip((*quiet, *loud), told, strict=True):
            print(f"{took:6.2f} s of {kind.within:2g}  {kind.name:18} {words}")
            missing = [each for each in kind.sees if each not in words]
            if missing or took > kind.within:
                wrong.append(f"{kind.name} ({took:.2f} s): {missing} not in: {words}")
    assert not wrong, "\n".join(wrong)
    slow = [took for took in pace.tries if took > ANSWERED]
    assert len(slow) <= len(pace.tries) / 20, f"the good server did not notice: {pace}"
    assert pace.slowest < PARSED, f"not even a frame of 50 MB holds it up for long: {pace}"


def test_the_readme_lists_every_kind_as_it_is_tested() -> None:
    assert len(KINDS) >= 25
    assert table() in (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
