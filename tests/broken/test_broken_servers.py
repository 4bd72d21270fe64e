"""Every kind of broken server at once in one hub, beside a good one: what is told of each, and how soon."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from mcp_tui.domain.happenings import Happening
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub
from tests.broken.http_server import broken_http
from tests.broken.kinds import KINDS, Broken, status, stdio, table

AT_ONCE = 6
"""Kinds that misbehave at the same time: the seconds of each are measured, so they must not starve each other."""


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


async def seen(hub: Hub, kind: Broken, folder: Path, crowd: asyncio.Semaphore) -> tuple[str, float]:
    """What a user is told of one kind, and after how many seconds."""
    async with crowd, contextlib.AsyncExitStack() as stack:
        if kind.is_http:
            url = await stack.enter_async_context(broken_http(kind.name))
            spec = HttpSpec(kind.name, url, connect_timeout=kind.connect_timeout)
        else:
            spec = replace(stdio(kind.name, str(folder / kind.name)), connect_timeout=kind.connect_timeout)
        began = time.perf_counter()
        hub.add(spec)
        try:
            async with asyncio.timeout(40):
                told = await kind.provoke(hub, kind.name)
        except (AssertionError, TimeoutError) as error:
            told = f"(nothing: {error!r}) {status(hub, kind.name)}"
        took = time.perf_counter() - began
        await hub.switch(kind.name, False)
    return told, took


async def test_each_kind_is_told_in_words_and_in_time(tmp_path: Path) -> None:
    quiet, loud = ([kind for kind in KINDS if kind.loud is so] for so in (False, True))
    wrong: list[str] = []
    async with hub_with_good_servers() as hub:
        crowd = asyncio.Semaphore(AT_ONCE)
        told = await asyncio.gather(*(seen(hub, kind, tmp_path, crowd) for kind in quiet))
        told += [await seen(hub, kind, tmp_path, crowd) for kind in loud]
        for kind, (words, took) in zip((*quiet, *loud), told, strict=True):
            print(f"{took:6.2f} s of {kind.within:2g}  {kind.name:18} {words}")
            missing = [each for each in kind.sees if each not in words]
            if missing or took > kind.within:
                wrong.append(f"{kind.name} ({took:.2f} s): {missing} not in: {words}")
    assert not wrong, "\n".join(wrong)


def test_the_readme_lists_every_kind_as_it_is_tested() -> None:
    assert len(KINDS) >= 25
    assert table() in (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
