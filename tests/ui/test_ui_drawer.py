"""The drawer at the keyboard: what went over the wire, what servers said, and what waits."""

from __future__ import annotations

import json

import pytest
from textual.widgets import DataTable, Input, Static
from whole_app import Folder, Seat, pocket, seat


async def open_drawer(me: Seat) -> None:
    await me.press("f6")
    await me.until(lambda: me.place == "drawer")
    await me.sees("tools/list")


async def test_traffic_shows_each_exchange_with_its_request_and_reply(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 46)) as me:
        await me.send("/call add a=20 b=22")
        await me.sees("✓  add")
        await open_drawer(me)
        await me.sees("tools/call", "→ request", '"a": 20')
        frames = str(me.find(Static, "#frame").render())
        assert "← reply" in frames
        assert '"42"' in frames
        assert "✓" in next(row for row in me.screen.splitlines() if "tools/call" in row)


async def test_traffic_is_filtered_paused_and_copied_by_keys(folder: Folder) -> None:
    async with seat(folder, [pocket("one"), pocket("two")], size=(180, 46)) as me:
        await open_drawer(me)
        await me.press("slash")
        me.find(Input, "#traffic-filter").value = "two prompts"
        await me.sees_no("tools/list")
        await me.press("enter", "y")
        await me.until(lambda: me.app.clipboard)
        first, _, _ = me.app.clipboard.partition("\n}\n")
        assert json.loads(first + "}")["method"] == "prompts/list"
        await me.press("escape")
        await me.sees("tools/list")
        await me.press("p")
        await me.sees("Traffic is paused")
        await me.send("/call one/add a=1 b=2")
        await me.until(lambda: me.app.bench.calls.of("one", "add"))
        await me.press("f6")
        await me.until(lambda: me.place == "drawer")
        assert "tools/call" not in me.screen
        await me.press("p", "ctrl+end")
        await me.until(lambda: me.find(DataTable).row_count == 15)
        await me.press("ctrl+end")
        await me.sees("tools/call")


async def test_escape_leaves_the_filter_first_and_then_the_drawer(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 46)) as me:
        await open_drawer(me)
        await me.press("slash")
        me.find(Input, "#traffic-filter").value = "nothing such"
        await me.sees_no("tools/list")
        await me.press("escape")
        await me.sees("tools/list")
        assert me.place == "drawer"
        await me.press("escape")
        await me.until(lambda: me.place == "explorer")


async def test_right_leads_to_the_log_and_to_what_waits(folder: Folder) -> None:
    async with seat(folder, [pocket("broken", "fails"), pocket()], size=(180, 46)) as me:
        await open_drawer(me)
        await me.press("right")
        await me.sees("pocket: no vault, giving up", "broken")
        await me.press("right")
        await me.sees("Nothing waits for you")
        await me.press("left", "left")
        await me.sees("tools/list")


async def test_the_counts_of_the_strip_follow_what_happens(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        before = me.app.bench.trace.total
        await me.sees(f"Traffic {before}")
        await me.send("/call add a=1 b=2")
        await me.sees(f"Traffic {before + 2}")


async def test_a_server_that_only_tells_its_era_shows_no_fault(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 46)) as me:
        await open_drawer(me)
        await me.sees("server/discover", "legacy era", "4 tools", "2 prompts", "1 resource ", "1 template ")
        assert me.screen.count("Traffic") == 1, "the tabs say what the strip says while the drawer is closed"
        assert "✗" not in me.screen


async def test_traffic_goes_on_following_after_its_filter_was_cleared(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 30)) as me:
        await open_drawer(me)
        await me.press("slash", *"list")
        await me.sees_no("initialize")
        await me.press("escape")
        await me.sees("initialize")
        await me.press("f6")
        await me.send("/call add a=20 b=22")
        await me.until(lambda: me.app.bench.calls.of("pocket", "add"))
        await me.press("f6")
        await me.until(lambda: "tools/call" in str(me.find(Static, "#frame").render()))


async def test_the_filter_keeps_the_cursor_on_its_exchange(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 46)) as me:
        await open_drawer(me)
        await me.press("ctrl+home", "down")
        await me.until(lambda: '"method": "initialize"' in str(me.find(Static, "#frame").render()))
        await me.press("slash", *"ini")
        await me.sees_no("tools/list")
        await me.press("enter", "up")
        await me.press("escape")
        await me.sees("tools/list")
        await me.until(lambda: '"method": "initialize"' in str(me.find(Static, "#frame").render()))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (132, 30), (180, 46)])
async def test_every_width_has_room_for_the_size_of_an_exchange(folder: Folder, size: tuple[int, int]) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        await open_drawer(me)
        await me.sees("size", "took", " B")
