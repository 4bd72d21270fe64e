"""Keys that come all at once go where they would go one by one."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.command import Hits
from textual.widgets import Input
from whole_app import Folder, pocket, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.ui.commands import Commands
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.editors import Line
from mcp_tui.ui.widgets.inspector.tool_page import ToolPage


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is slower than all patience is one whose patience is none."""
    monkeypatch.setattr("mcp_tui.ui.bursts.LONGEST", 0.0)


async def test_a_form_filled_in_by_one_burst_of_keys_has_each_value_in_its_field(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.form("add")
        for key in ("1", "7", "enter", "2", "5"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.until(lambda: [line.value for line in me.app.screen.query(Line)] == ["17", "25"])


async def test_a_burst_goes_on_behind_a_tab_out_of_a_box_or_a_list(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.form("book")
        for key in ("O", "tab", "7", "tab", "tab", "space", "shift+tab", "shift+tab", "9"):
            me.app.post_message(events.Key(key, {"space": " "}.get(key, key if len(key) == 1 else None)))
        await me.sees("■ yes")
        await me.until(lambda: [line.value for line in me.app.screen.query(Line)] == ["O", "9"])


async def test_what_is_typed_in_one_burst_with_the_key_that_opens_a_filter_stands_in_the_filter(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f6")
        await me.sees("tools/list")
        await me.until(lambda: type(me.app.focused).__name__ == "ExchangeTable")
        for key in ("slash", "l", "i", "s", "t"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else "/"))
        await me.until(lambda: me.find(Input, "#traffic-filter").value == "list")


async def test_characters_behind_a_key_that_clears_a_field_stay(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")
        await me.press("f2", "slash")
        for key in ("x", "ctrl+u", "b", "o", "x", "backspace", "o", "k"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.until(lambda: me.find(Input).value == "book")
        await me.press("f3")
        for key in ("x", "ctrl+u", "b", "o", "x", "backspace", "o", "k"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.until(lambda: me.draft == "book")


async def test_what_stands_behind_the_enter_of_a_filter_acts_on_what_was_found(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f2")
        for key in ("slash", *"forget", "enter", "space"):
            me.app.post_message(events.Key(key, {"slash": "/", "space": " "}.get(key, key if len(key) == 1 else None)))
        await me.sees("3 tools on offer", "□ forget")
    assert "pocket/forget" in folder.settings


async def test_a_command_behind_an_esc_is_not_stopped_by_it(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f3")
        for key in ("escape", *'/call add {"a": 17, "b": 25}', "enter"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.sees("✓  add")


async def test_a_key_behind_the_one_that_leaves_the_composer_does_not_get_into_it(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("/tools")
        await me.sees("pocket/add")
        await me.press("f3")
        for key in ("shift+tab", "up", "y"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.sees("Copied")
        assert me.draft == ""


async def test_what_is_typed_in_one_burst_with_the_key_that_opens_a_dialog_stands_in_its_field(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")
        for key in ("ctrl+p", *"Help", "escape", "ctrl+p", *"Add a server", "enter"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.sees("Try and save")


async def test_enter_in_the_palette_picks_of_what_was_found_for_all_that_was_typed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    search, may_find = Commands.search, asyncio.Event()

    async def late(self: Commands, query: str) -> Hits:
        await may_find.wait()
        async for hit in search(self, query):
            yield hit

    monkeypatch.setattr(Commands, "search", late)
    async with seat(folder, [pocket()]) as me:
        await me.press("ctrl+p")
        await me.sees("› Help")
        await me.press(*"Add", "space", *"a", "enter")
        may_find.set()
        await me.sees("Try and save")


async def test_behind_the_leader_the_next_key_alone_is_its_own(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")
        await me.press("f3")
        for key in ("ctrl+g", "e", "slash", *"book", "enter", "enter"):
            me.app.post_message(events.Key(key, {"slash": "/"}.get(key, key if len(key) == 1 else None)))
        await me.until(lambda: me.place == "inspector")
        await me.sees("Book a trip")
        for key in ("ctrl+g", "z", "z", "z", "z"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.pilot.pause()
        assert me.app.screen is me.app.workspace


async def test_keys_behind_one_that_opens_a_page_are_the_new_pages(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        me.app.workspace.open(Ref("pocket", Kind.TOOL, "add"))
        await me.press("enter")
        await me.until(lambda: isinstance(me.app.focused, Line))
        await me.press("f2", "end", "home", "down", "down", "down")
        for key in ("enter", "enter"):
            me.app.post_message(events.Key(key, None))
        await me.sees("ƒ book", "Where to")
        await me.until(lambda: isinstance(me.app.focused, Line))


async def test_a_call_is_made_by_one_burst_of_keys_from_the_details_of_its_tool(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        me.app.workspace.open(Ref("pocket", Kind.TOOL, "add"))
        await me.sees("Add two numbers")
        await me.press("f4")
        for key in ("enter", "1", "tab", "2", "ctrl+s"):
            me.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await me.until(
            lambda: [call.arguments for call in me.app.bench.calls.of("pocket", "add")] == [{"a": 1, "b": 2}]
        )


@pytest.mark.parametrize("size", [(80, 24), (140, 42)], ids="{0[0]}x{0[1]}".format)
async def test_who_leaves_while_a_result_is_about_to_be_shown_is_not_called_back_to_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        await me.form("add")
        await me.press("1", "tab", "2")
        go_there = ToolPage.focus_view

        def just_before(page: ToolPage) -> None:
            if page.line.active == "result":
                me.app.post_message(events.Key("f2", None))
            go_there(page)

        monkeypatch.setattr(ToolPage, "focus_view", just_before)
        await me.press("ctrl+s")
        await me.until(lambda: me.place == "explorer")
        await me.pilot.pause()
        assert me.place == "explorer"
