"""What servers tell unasked, seen in the whole app: watched resources, log levels, facts of a server, odd results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from whole_app import BARE, Folder, Seat, seat

from mcp_tui.domain.catalog import Kind
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
        you.app.workspace.open(Ref("telling", Kind.RESOURCE, "note://a"))
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
        you.app.workspace.open(Ref("telling", Kind.RESOURCE, "note://secret"))
        await you.answer("a")
        await you.sees("milk")
        await you.press("w")
        await you.sees("△ not watched: not that one")


async def test_all_that_a_server_says_is_on_its_page_with_how_it_does(folder: Folder) -> None:
    async with seat(folder, [telling()], size=(132, 90)) as you:
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


def private_text(file: str) -> str:
    """What a file holds that only the user can read."""
    assert Path(file).stat().st_mode & 0o77 == 0
    return Path(file).read_text()


async def call(you: Seat, tool: str) -> None:
    """Open a tool without arguments, and call it."""
    you.app.workspace.open(Ref("telling", Kind.TOOL, tool))
    await you.sees("Arguments", "call it")
    await you.press("enter")
    await you.sees("No arguments.")
    await you.press("ctrl+s")


async def test_a_result_that_breaks_its_form_is_shown_as_it_came(folder: Folder) -> None:
    async with seat(folder, [telling()], size=(132, 60)) as you:
        await call(you, "odd")
        await you.sees(
            "△ does not conform", 'Part 1 of its content is a broken "image".', "not base64!", "all the same"
        )
        await you.sees("Meta", "cost", "3")


async def test_a_picture_is_described_and_saved_and_a_link_followed(folder: Folder) -> None:
    async with seat(folder, [telling()], size=(132, 60)) as you:
        await call(you, "show")
        await you.sees("image/gif · 3 × 2 · 43 B", "◆ hidden", "note://hidden", "save its file")
        await you.press("s")
        await you.sees("Saved:")
        (file,) = you.app.bench.home.paths.saved.iterdir()
        assert file.suffix == ".gif" and file.read_bytes().startswith(b"GIF89a") and file.stat().st_mode & 0o77 == 0
        await you.press("tab", "enter")
        await you.answer("a")
        await you.sees("telling · resource", "milk 1")


async def test_a_tools_own_page_is_read_here_or_opened_in_the_browser_after_a_question(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def note(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("mcp_tui.ui.app_page.has_browser", lambda: True)
    monkeypatch.setattr("webbrowser.open", note)
    async with seat(folder, [telling()], size=(132, 40)) as you:
        you.app.workspace.open(Ref("telling", Kind.TOOL, "show"))
        await you.sees("Its own page", "ui://telling/page")
        await you.until(lambda: you.app.workspace.inspector.has_focus_within)
        await you.press("u")
        await you.answer("a")
        await you.sees("<h1>A page</h1>")
        you.app.workspace.open(Ref("telling", Kind.TOOL, "show"))
        await you.sees("Its own page")
        await you.until(lambda: you.app.workspace.inspector.has_focus_within)
        await you.press("b", "f3")
        await you.type("so on")  # while the page is read
        await you.sees("? the page of show on telling", "F8")
        assert you.draft == "so on" and opened == []
        await you.asked()
        await you.sees("Open this page in the browser?", "is HTML of telling", "its scripts run")
        await you.answer("escape")
        await you.sees_no("Open this page")
        assert opened == []
        you.app.workspace.chat.composer.text = ""
        await you.press("f4", "b")
        await you.answer("o")
        await you.until(lambda: opened)
        assert private_text(opened[0].removeprefix("file://")).startswith("<h1>A page</h1>")


async def test_a_call_with_a_time_of_its_own_is_given_a_minute_more(folder: Folder) -> None:
    async with seat(folder, [telling(call_timeout=5)]) as you:
        await call(you, "never")
        await you.sees("of 5.0 s", "60 s more", "stops it")
        await you.until(lambda: type(you.app.focused).__name__ == "Running")
        await you.press("t")
        await you.sees("of 1 min 5 s")
        await you.press("escape")
        await you.sees("stopped by you")


async def test_the_form_of_a_call_that_runs_neither_calls_a_second_time_nor_stops_it(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        await call(you, "never")
        await you.sees("calling", "stops it")
        await you.until(lambda: type(you.app.focused).__name__ == "Running")
        await you.press("tab", "ctrl+s")
        await you.sees("the call before still runs", "calling", "stops it")
        assert you.app.bench.calls.running == 1 and not you.app.bench.calls.of("telling", "never")
        await you.press("escape")
        await you.sees("stopped by you")


async def test_a_call_in_the_chat_is_given_a_minute_more_from_its_card(folder: Folder) -> None:
    async with seat(folder, [telling(call_timeout=9)], size=(140, 42)) as you:
        await you.send("/call never {}")
        await you.sees("of 9.0 s", "+60 s")
        await you.press("shift+tab", "t")
        await you.sees("of 1 min 9 s")
        await you.press("f3", "escape")
        await you.sees("stopped by you")


async def test_a_call_without_a_time_of_its_own_is_given_one_from_the_moment_of_the_key(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        await call(you, "never")
        await you.sees("calling", "stops it", "give it 60 s")
        assert "60 s more" not in you.screen
        await you.until(lambda: type(you.app.focused).__name__ == "Running")
        await you.press("t")
        await you.sees("of 1 min", "60 s more")
        await you.press("escape")
        await you.sees("stopped by you")


async def test_a_prompts_arguments_are_completed_with_the_others_as_context(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        you.app.workspace.open(Ref("telling", Kind.PROMPT, "trip"))
        await you.sees("fr · de")
        await you.press("down", "tab")
        await you.sees("Paris · Pau")
        await you.press("P", "a", "u", "right", "ctrl+s")
        await you.answer("a")
        await you.sees('country  "fr"', 'city     "Pau"')


async def test_the_variables_of_a_template_are_completed_with_the_others_as_context(folder: Folder) -> None:
    async with seat(folder, [telling()]) as you:
        you.app.workspace.open(Ref("telling", Kind.TEMPLATE, "trip://{country}/{city}"))
        await you.sees("fr · de")
        await you.press("down", "down", "enter")
        await you.sees("Berlin · Bonn")
        await you.press("up")
        await you.sees("▸ Bonn")
        await you.press("ctrl+s")
        await you.answer("a")
        await you.sees("trip://de/Bonn")
