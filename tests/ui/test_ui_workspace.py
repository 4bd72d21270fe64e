"""The workspace at the keyboard: where the focus goes, what esc and ctrl+q do, and what each size shows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from scripted_endpoint import Endpoint, delta, say, sse
from textual.command import CommandPalette
from textual.widget import Widget
from textual.widgets import Input, Static
from whole_app import Folder, pocket, seat

from mcp_tui.ui.keys import NO_BINDINGS
from mcp_tui.ui.screens.answers import KEYS
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.help import Help
from mcp_tui.ui.screens.workspace import Workspace
from mcp_tui.ui.widgets.inspector.server_page import ServerPage


async def test_with_a_model_the_focus_starts_in_the_composer(folder: Folder, endpoint: Endpoint) -> None:
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        assert me.place == "chat"
        await me.sees("scripted · 127.0.0.1", "4 tools on offer")


async def test_without_a_model_the_focus_starts_in_the_explorer_with_the_first_tools_open(folder: Folder) -> None:
    async with seat(folder, [pocket("one"), pocket("two")]) as me:
        assert me.place == "explorer"
        await me.sees("▾ ● one", "▾ Tools", "■ add", "▸ Prompts", "▸ Resources", "▸ Templates", "▸ ● two", "no model")


async def test_function_keys_and_their_letters_after_ctrl_g_lead_to_every_place(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        for keys, place in (
            (["f3"], "chat"),
            (["f4"], "inspector"),
            (["f6"], "drawer"),
            (["f2"], "explorer"),
            (["ctrl+g", "c"], "chat"),
            (["ctrl+g", "i"], "inspector"),
            (["ctrl+g", "t"], "drawer"),
            (["ctrl+g", "e"], "explorer"),
        ):
            await me.press(*keys)
            await me.until(lambda place=place: me.place == place)
        for keys in (["f1"], ["ctrl+g", "h"]):
            await me.press(*keys)
            await me.until(lambda: isinstance(me.app.screen, Help))
            await me.sees("F2", "Go to the Explorer")
            await me.press("f1")
            await me.until(lambda: isinstance(me.app.screen, Workspace))


async def test_the_help_tells_every_key_of_every_pane(folder: Folder) -> None:
    def made(widget: type[Widget]) -> Iterator[type[Widget]]:
        yield from (widget, *(each for below in widget.__subclasses__() for each in made(below)))

    async with seat(folder, [pocket()]) as me:
        await me.press("f1")
        await me.sees("Help")
        told = str(me.find(Static, "#help-text Static").content)
    ours = [
        each for each in made(Widget) if each.__module__.startswith(("mcp_tui.ui.widgets", "mcp_tui.ui.transcript"))
    ]
    bound = [each for widget in ours for each in vars(widget).get("BINDINGS", ()) if each.description]
    assert len(bound) > 50
    assert [each.description for each in bound if each.description not in told] == []
    answers = " ".join(keys for place, keys, _ in NO_BINDINGS if place == "Permission required").split()
    assert set(answers) - KEYS.keys() == {"left", "right"}


async def test_a_letter_that_means_nothing_after_ctrl_g_does_nothing(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f3", "ctrl+g", "z")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        assert me.place == "chat"
        assert me.draft == ""


async def test_escape_goes_one_step_back_and_never_out(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f4", "f6")
        await me.until(lambda: me.place == "drawer")
        await me.press("escape")
        await me.until(lambda: me.place == "inspector")
        await me.sees("F6  open")
        await me.press("escape")
        await me.until(lambda: me.place == "explorer")
        await me.press("escape", "escape", "escape")
        assert me.place == "explorer"
        assert me.app.is_running


async def test_enter_opens_the_tool_under_the_cursor_in_the_inspector_and_escape_returns(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("slash", *"book", "enter", "enter")
        await me.until(lambda: me.place == "inspector")
        await me.sees("ƒ book", "Book a trip.", "whole number")
        await me.press("escape")
        await me.until(lambda: me.place == "explorer")


async def test_ctrl_c_copies_a_selection_and_else_says_how_to_leave(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f3")
        await me.type("milk")
        await me.press("shift+home", "ctrl+c")
        await me.sees("Copied 4 characters")
        assert me.app.clipboard == "milk"
        await me.press("end", "ctrl+c")
        await me.sees("ctrl+q quits")
        assert me.app.is_running


async def test_ctrl_q_leaves_at_once_when_nothing_runs(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("ctrl+q")
        await me.until(lambda: me.app.return_code == 0)


async def test_ctrl_q_asks_while_a_tool_call_runs_and_stays_on_no(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("slash", *"wait", "enter", "enter")
        await me.sees("ƒ wait")
        await me.press("enter", "ctrl+s")
        await me.until(lambda: me.app.is_working)
        for no in ("n", "escape", "enter"):  # the safe answer has the focus
            await me.press("ctrl+q")
            await me.until(lambda: isinstance(me.app.screen, Confirm))
            await me.sees("Quit while a tool call runs?")
            await me.press(no)
            await me.until(lambda: isinstance(me.app.screen, Workspace))
        assert me.app.is_working
        await me.press("ctrl+q")
        await me.until(lambda: isinstance(me.app.screen, Confirm))
        await me.press("y")
        await me.until(lambda: me.app.return_code == 0)


@pytest.mark.parametrize("who", ["you", "the model"])
async def test_ctrl_q_asks_while_a_call_of_the_chat_runs(folder: Folder, endpoint: Endpoint, who: str) -> None:
    endpoint.script(say(calls=[("pocket__wait", {})]))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        if who == "you":
            await me.send("/call wait")
        else:
            await me.send("wait for it")
            await me.answer("a")
        await me.until(lambda: any(frame.method == "tools/call" for frame in me.app.bench.trace))
        await me.press("ctrl+q")
        await me.sees("Quit while a tool call runs?")
        await me.press("n", "escape")
        await me.sees("stopped by you")
        await me.press("ctrl+q")
        await me.until(lambda: me.app.return_code == 0)


async def test_a_withheld_tool_is_not_offered_and_stays_withheld_after_a_restart(
    folder: Folder, endpoint: Endpoint
) -> None:
    folder.write_servers(pocket={"command": pocket().command, "args": list(pocket().args)})
    async with seat(folder, model=endpoint.url) as me:
        await me.press("f2", "slash", *"forget", "enter", "space")
        await me.sees("□ forget", "3 tools on offer")
        await me.send("hi")
        await me.idle()
    assert "pocket/forget" in folder.settings
    async with seat(folder, model=endpoint.url) as me:
        await me.sees("□ forget", "3 tools on offer")
        await me.send("hi")
        await me.idle()
    for request in endpoint.requests:
        assert [each["function"]["name"] for each in request["tools"]] == [
            "pocket__add",
            "pocket__book",
            "pocket__wait",
        ]


async def test_a_new_chat_is_empty_for_the_user_and_for_the_model(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say("Noted."), say("Who knows."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("remember the milk")
        await me.sees("Noted.")
        await me.idle()
        await me.press("ctrl+n")
        await me.sees_no("Noted.", "remember the milk")
        await me.send("what did I say?")
        await me.sees("Who knows.")
    assert [each["content"] for each in endpoint.requests[-1]["messages"] if each["role"] == "user"] == [
        "what did I say?"
    ]


async def test_a_chat_is_named_after_its_first_message_without_asking_the_model(
    folder: Folder, endpoint: Endpoint
) -> None:
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("a trip to the sea")
        await me.idle()
        await me.until(lambda: "a trip to the sea" in me.screen.splitlines()[2])
    assert len(endpoint.requests) == 1


async def test_what_a_filter_found_is_previewed_once_everything_is_shown_again(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")
        await me.press("f2", "down", "down", "slash", *"forget")
        await me.until(lambda: "book" not in me.screen)
        await me.press("enter", "escape")
        await me.sees("■ add", "Delete a note for good.")


async def test_the_palette_finds_tools_prompts_servers_and_commands(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("ctrl+p")
        await me.until(lambda: isinstance(me.app.screen, CommandPalette))
        for words, found in (
            ("greet", "¶ greet"),
            ("today", "◆ note://today"),
            ("permis", "Permissions: see and revoke"),
            ("again", "Start pocket again"),
            ("new ch", "New chat"),
            ("book", "ƒ book"),
        ):
            me.find(Input).value = words
            await me.sees(found)
        await me.press("enter")
        await me.until(lambda: me.place == "inspector")
        await me.sees("Book a trip.")


async def test_a_theme_is_remembered(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        me.app.theme = "paper"
        await me.until(lambda: "paper" in folder.settings)
    async with seat(folder, [pocket()]) as me:
        assert me.app.theme == "paper"


async def test_a_small_screen_shows_one_pane_at_a_time(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(80, 24)) as me:
        await me.sees("▌Explorer", "■ add")
        await me.press("f3")
        await me.sees("▌Chat", "Nothing said yet")
        assert "■ add" not in me.screen
        await me.press("f2", "enter")
        await me.sees("▌Inspector")
        assert "■ add" not in me.screen
        await me.press("escape")
        await me.sees("▌Explorer", "■ add")
        await me.press("f6")
        await me.sees("Traffic", "initialize")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_small_screen_says_in_every_pane_that_a_question_waits(folder: Folder, size: tuple[int, int]) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        await me.send("/call forget name=milk")
        await me.type("a thought")
        for key in ("f4", "f2", "f6"):
            await me.press(key)
            await me.sees("? 1 waits   F8")
        await me.press("f8")
        await me.sees("Permission required")
        await me.answer("d")
        await me.sees_no("? 1 waits")


async def test_a_middle_screen_shows_two_panes(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(110, 34)) as me:
        await me.sees("Explorer", "■ add", "Nothing said yet")
        assert "Inspector" not in me.screen.splitlines()[2]
        await me.press("f4")
        await me.sees("Inspector", "Nothing said yet")
        assert "■ add" not in me.screen


@pytest.mark.parametrize("size", [(40, 12), (20, 5)])
async def test_a_tiny_screen_breaks_nothing(folder: Folder, endpoint: Endpoint, size: tuple[int, int]) -> None:
    endpoint.script(
        say("", calls=[("pocket__add", {"a": 17, "b": 25})]), sse(delta(content="It is 42."), delta("stop"))
    )
    async with seat(folder, [pocket()], model=endpoint.url, size=size) as me:
        await me.send("add")
        await me.answer("a")
        await me.idle()
        await me.press("f2", "enter", "f4", "f6", "f6", "f1", "escape", "ctrl+p", "escape", "f3")
        assert me.app.is_running
        await me.until(lambda: me.place == "chat")
        assert len(endpoint.requests) == 2


def test_the_first_frame_needs_neither_mcp_nor_openai_nor_pydantic() -> None:
    heavy = ("mcp", "openai", "pydantic", "jsonschema", "httpx2", "markdown_it", "pygments.lexers")
    code = f"import sys, mcp_tui.ui.app; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout.strip() == "[]"


async def test_a_page_made_anew_while_the_focus_is_on_its_way_to_it_swallows_no_keys(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f2", "enter")
        await me.sees("The server says")
        page = me.find(ServerPage)
        page.focus_view()
        page.open("details", again=True)
        await me.press("f2")
        await me.until(lambda: me.place == "explorer")
        await me.press("f4")
        await me.until(lambda: me.place == "inspector")
