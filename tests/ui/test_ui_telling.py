"""What servers tell unasked, seen in the whole app: watched resources, log levels, facts of a server, odd results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from whole_app import BARE, Folder, seat

from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.refs import Ref

SCRIPT = str(Path(__file__).parents[1] / "servers" / "telling_server.py")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return Folder(tmp_path, monkeypatch)


def telling(**more: Any) -> StdioSpec:
    """The server that tells much."""
    return StdioSpec("telling", sys.executable, (*BARE, SCRIPT), **more)


async def test_a_watched_resource_is_read_again_when_its_server_says_that_it_changed(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        bench = you.app.bench
        you.app.workspace.open(Ref("telling", bench.hub.catalog("telling").resources[0].kind, "note://a"))
        await you.answer("a")
        await you.sees("milk 1", "watch")
        await you.press("w")
        await you.sees("● watching · no change so far", "watch no more")
        await bench.hub.call_tool("telling", "touch", {})
        await you.sees("updated", "1 time", "milk 2")
        assert not you.app.asking.waiting
        await you.press("w")
        await you.sees_no("● watching")
        assert bench.hub.watch("telling", "note://a") is None
        await bench.hub.call_tool("telling", "touch", {})
        await you.pilot.pause()
        assert "milk 2" in you.screen


async def test_a_server_that_will_not_tell_of_a_resource_is_quoted(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        you.app.workspace.open(Ref("telling", you.app.bench.hub.catalog("telling").resources[0].kind, "note://secret"))
        await you.answer("a")
        await you.sees("milk")
        await you.press("w")
        await you.sees("△ not watched: not that one")


async def test_all_that_a_server_says_is_on_its_page_with_how_it_does(folder: Folder) -> None:
    async with seat(folder, [telling()], size=(132, 60)) as you:
        you.app.workspace.open(Ref("telling"))
        info = you.app.bench.hub.info("telling")
        assert info is not None
        await you.sees("https://example.org/tell", "https://example.org/icon", "2025-11-25 (legacy)")
        await you.sees("subscribe", "logging", "experimental", "flux.level: 3", "io.example/x")
        await you.sees("It was told that we can", "elicitation", "sampling")
        await you.sees("handshake", "last answer", str(info.pid), "memory", "woke up")


async def test_the_log_level_of_a_server_is_chosen_on_its_page_and_kept_in_its_entry(folder: Folder) -> None:
    spec = telling()
    folder.write_servers(telling={"command": spec.command, "args": list(spec.args)})
    async with seat(folder, size=(132, 60)) as you:
        you.app.workspace.open(Ref("telling"))
        await you.sees("logs", "what it likes")
        await you.press("f4", "v")
        await you.sees("○ debug", "○ emergency")
        await you.press("down", "down", "down", "enter")
        await you.until(lambda: folder.servers["telling"].get("log_level") == "warning")
        told = await you.app.bench.hub.call_tool("telling", "told", {})
        assert '"level": "warning"' in told.text
