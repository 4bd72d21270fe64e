"""The Explorer at the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeBench, PaneApp
from looking import until
from textual.pilot import Pilot

from mcp_tui.domain.catalog import Item, Kind, Prompt, Resource, Template, Tool
from mcp_tui.domain.happenings import CatalogChanged, ServerChanged, ServerRemoved
from mcp_tui.domain.servers import ServerState, ServerStatus, StdioSpec
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.explorer import Explorer, ExplorerPane
from mcp_tui.ui.widgets.messages import CopyRequested

HOSTILE = "[/bold][@click=app.quit]x[/]\x1b]52;c;AA==\x07\u202eevil\u200b"


def a_bench() -> FakeBench:
    bench = FakeBench()
    bench.add(
        "everything",
        Tool("everything", "echo", description="Says it back."),
        Tool("everything", "get-sum", description="Adds two numbers."),
        Prompt("everything", "greet"),
        Resource("everything", "demo://a", "a.md"),
        Template("everything", "demo://{id}", "by id"),
    )
    bench.add("git", Tool("git", "git_log", description="Shows the commit logs."), Tool("git", "git_show"))
    bench.add("notes", status=ServerStatus(ServerState.FAILED, short="exited 1"))
    return bench


def app_of(bench: FakeBench) -> tuple[PaneApp, ExplorerPane]:
    pane = ExplorerPane(bench.as_workbench)
    return PaneApp(pane), pane


async def on_tree(pilot: Pilot[None], pane: ExplorerPane) -> None:
    pane.home.focus()
    await pilot.pause()


async def test_the_first_server_and_its_tools_are_open_at_start() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        shown = app.shown()
        for words in ("Explorer", "3 servers", "● everything", "2026.8", "■ echo", "■ get-sum", "▸ ● git", "exited 1"):
            assert words in shown
        for group in ("Tools", "Prompts", "Resources", "Templates"):
            assert shown.count(group) == 1
        assert "git_log" not in shown
        lines = [line.rstrip() for line in shown.splitlines()]
        tools = next(line for line in lines if "Tools" in line)
        prompts = next(line for line in lines if "Prompts" in line)
        assert tools.endswith("2") and prompts.endswith("1") and len(tools) == len(prompts)
        assert pane.home.ref == Ref("everything")


async def test_enter_opens_an_item_and_moving_highlights_it() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        echo = Ref("everything", Kind.TOOL, "echo")
        assert [message.ref for message in app.said(Explorer.Selected)] == [echo]
        assert app.said(Explorer.Highlighted)[-1].ref == echo


async def test_the_cursor_at_start_highlights_nothing() -> None:
    app, _ = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        await pilot.pause()
        assert app.said(Explorer.Highlighted) == []


async def test_left_and_right_fold_and_unfold() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("down", "left")
        await until(lambda: "echo" not in app.shown())
        await pilot.press("right")
        await until(lambda: "echo" in app.shown())
        await pilot.press("right")
        assert pane.home.ref == Ref("everything", Kind.TOOL, "echo")
        await pilot.press("left")
        assert pane.home.ref == Ref("everything", Kind.TOOL)


async def test_folds_and_the_cursor_survive_a_change_of_the_catalogue() -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("down", "down", "down", *["down"] * 4, "right", "right")
        await until(lambda: pane.home.ref == Ref("git", Kind.TOOL))
        await pilot.press("right", "right")
        await until(lambda: pane.home.ref == Ref("git", Kind.TOOL, "git_log"))
        bench.hub.servers["git"].items.insert(0, Tool("git", "git_add"))
        bench.hub.servers["everything"].items.insert(0, Tool("everything", "brand-new"))
        for _ in range(50):
            pane.update(CatalogChanged("git"))
        pane.update(CatalogChanged("everything"))
        await until(lambda: "git_add" in app.shown() and "brand-new" in app.shown())
        assert pane.home.ref == Ref("git", Kind.TOOL, "git_log")
        bench.hub.servers["git"].items = [Tool("git", "git_add")]
        pane.update(CatalogChanged("git"))
        await until(lambda: "git_log" not in app.shown())
        assert pane.home.ref == Ref("git", Kind.TOOL)


async def test_many_changes_in_one_frame_are_one_update(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        synced: list[object] = []
        monkeypatch.setattr(pane, "_say", synced.append)
        for _ in range(200):
            pane.update(CatalogChanged("git"))
        await until(lambda: synced)
        assert len(synced) == 1


async def test_servers_come_fail_and_go() -> None:
    bench = FakeBench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await until(lambda: "No servers yet" in app.shown())
        await on_tree(pilot, pane)
        await pilot.press("down", "up", "pagedown", "end", "home", "left", "right", "enter", "space", "r", "y")
        assert pane.home.has_focus and pane.home.ref is None and not app.heard
        server = bench.add("git", Tool("git", "git_log"), status=ServerStatus(ServerState.CONNECTING))
        server.items, items = [], server.items
        pane.update(ServerChanged("git"))
        await until(lambda: "◌ git" in app.shown() and "connecting" in app.shown())
        assert "Tools" not in app.shown()
        server.status, server.items = ServerStatus(ServerState.READY), items
        pane.update(ServerChanged("git"))
        await until(lambda: "■ git_log" in app.shown())
        server.status = ServerStatus(ServerState.CONSENT)
        server.items = []
        pane.update(ServerChanged("git"))
        await until(lambda: "needs your consent" in app.shown())
        del bench.hub.servers["git"]
        pane.update(ServerRemoved("git"))
        await until(lambda: "No servers yet" in app.shown())


async def test_a_list_that_failed_says_so_among_all_four_groups() -> None:
    bench = FakeBench()
    bench.add("git", Prompt("git", "p"), errors={Kind.TOOL: "method not found"})
    app, _ = app_of(bench)
    async with app.run_test(size=(40, 24)):
        await until(lambda: "✗ could not be listed" in app.shown())
        for group in ("Tools", "Prompts", "Resources", "Templates"):
            assert group in app.shown()


async def test_the_filter_finds_names_and_descriptions_on_every_server() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("slash", *"gtlog")
        await until(lambda: "git_log" in app.shown() and "echo" not in app.shown())
        assert pane.has_draft
        await pilot.press("enter")
        assert pane.home.has_focus and pane.home.ref == Ref("git", Kind.TOOL, "git_log")
        await pilot.press("escape")
        await until(lambda: "■ echo" in app.shown() and "git_log" not in app.shown())
        await pilot.press("slash", *"numbers")
        await until(lambda: "get-sum" in app.shown() and "echo" not in app.shown())
        await pilot.press("escape")
        await until(lambda: "■ echo" in app.shown())
        assert pane.home.has_focus
        await pilot.press("slash", *"zzzz")
        await until(lambda: "Nothing fits." in app.shown())


async def test_what_is_typed_into_an_opened_filter_takes_the_place_of_its_words() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("slash", *"git_log", "enter")
        await pilot.press("slash", *"echo")
        await until(lambda: "■ echo" in app.shown() and "git_log" not in app.shown())
        await pilot.press("enter", "slash", "enter")
        assert pane.field.value == "echo", "what is only opened keeps its words"


async def test_a_change_of_the_catalogue_leaves_the_cursor_on_the_hit_that_was_chosen() -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("slash", *"git", "enter", "down")
        chosen = Ref("git", Kind.TOOL, "git_show")
        assert pane.home.ref == chosen
        await pilot.press("space")
        await until(lambda: "□ git_show" in app.shown())
        assert pane.home.ref == chosen
        bench.hub.servers["git"].items.insert(0, Tool("git", "git"))
        pane.update(CatalogChanged("git"))
        await until(lambda: "■ git\n" in app.shown())
        assert pane.home.ref == chosen


async def test_enter_and_enter_open_a_hit_that_was_listed_a_moment_ago_and_wait_where_there_is_none() -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("slash", *"late", "enter")
        await until(lambda: "Nothing fits." in app.shown())
        assert pane.field.has_focus
        bench.hub.servers["git"].items.append(Tool("git", "late"))
        pane.update(CatalogChanged("git"))
        await pane.field.run_action("to_tree")  # before anything is drawn
        pane.update(CatalogChanged("git"))
        await pilot.press("enter")
        assert [message.ref for message in app.said(Explorer.Selected)] == [Ref("git", Kind.TOOL, "late")]
        await pilot.press("escape")
        await until(lambda: "■ late" not in app.shown())


async def test_space_withholds_a_tool_and_on_tools_all_of_them() -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("down", "down", "space")
        await until(lambda: "□ echo" in app.shown())
        assert bench.withheld == {("everything", "echo")}
        assert len(app.said(Explorer.OfferChanged)) == 1
        await pilot.press("up", "space")
        await until(lambda: "■ echo" in app.shown())
        assert bench.withheld == set()
        await pilot.press("space")
        await until(lambda: "□ get-sum" in app.shown())
        assert bench.withheld == {("everything", "echo"), ("everything", "get-sum")}


async def test_keys_ask_for_what_is_done_to_a_server_and_copy_names() -> None:
    app, pane = app_of(a_bench())
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("down", "down", "r", "e", "x", "delete", "y")
        await pilot.pause()
        acts = [(message.server, message.act) for message in app.said(Explorer.ServerAct)]
        assert acts == [("everything", act) for act in ("reconnect", "edit", "switch", "remove")]
        assert [message.text for message in app.said(CopyRequested)] == ["echo"]


async def test_long_names_are_cut_and_counts_stay() -> None:
    bench = FakeBench()
    name = "a-server-with-a-very-long-name-indeed"
    bench.add(name, Tool(name, "a_tool_with_a_name_longer_than_the_whole_pane_is_wide"))
    app, _ = app_of(bench)
    async with app.run_test(size=(32, 24)) as pilot:
        await pilot.pause()
        lines = app.shown().splitlines()
        server = next(line for line in lines if "a-server" in line)
        assert "…" in server and server.rstrip().endswith("2026.8")
        assert any("■ a_tool" in line and "…" in line for line in lines)


def hostile_items(server: str) -> list[Item]:
    return [
        Tool(server, HOSTILE, HOSTILE, HOSTILE),
        Tool(server, HOSTILE),
        Prompt(server, HOSTILE, HOSTILE, HOSTILE),
        Resource(server, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        Template(server, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    ]


async def test_hostile_names_are_shown_as_marks() -> None:
    bench = FakeBench()
    server: Any = bench.add("evil", *hostile_items("evil"), spec=StdioSpec("evil", HOSTILE))
    server.status = ServerStatus(ServerState.DEGRADED, HOSTILE, HOSTILE)
    app, pane = app_of(bench)
    async with app.run_test(size=(110, 24)) as pilot:
        pane.styles.width = 110
        await on_tree(pilot, pane)
        await pilot.press("slash", *"evil", "enter", "y")
        await until(lambda: "⟦U+202E⟧" in app.shown())
        assert "[/bold][@click=app.quit]x[/]⟦U+001B⟧" in app.shown()
        assert not {"\x1b", "\u202e", "\x07"} & set(app.shown())


async def test_five_thousand_tools_stay_quick() -> None:
    bench = FakeBench()
    bench.add("big", *(Tool("big", f"tool_{number:04}", description="does " * 20) for number in range(5_000)))
    app, pane = app_of(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_tree(pilot, pane)
        await pilot.press("end")
        assert pane.home.ref == Ref("big", Kind.TEMPLATE)
        await pilot.press("slash", *"4711")
        await until(lambda: "tool_4711" in app.shown())
        await pilot.press("escape")
        await until(lambda: "tool_0000" in app.shown(), 5)


async def test_a_server_that_is_removed_right_after_it_changed_is_no_surprise() -> None:
    bench = a_bench()
    app, pane = app_of(bench)
    async with app.run_test(size=(40, 24)) as pilot:
        await on_tree(pilot, pane)
        pane.update(ServerChanged("git"))
        del bench.hub.servers["git"]
        pane.update(ServerRemoved("git"))
        await pilot.pause()
        assert "2 servers" in app.shown() and "git" not in app.shown()
