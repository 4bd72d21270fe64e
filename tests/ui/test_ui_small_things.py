"""Small promises of the whole app: what is off, what is on its way, and where the keys go."""

from __future__ import annotations

import pytest
from fakes import FakeBench, PaneApp
from looking import until
from textual import events
from textual.widgets import Input
from whole_app import Folder, pocket, seat

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.happenings import ServerChanged
from mcp_tui.domain.servers import ServerState, ServerStatus
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.workspace import Workspace
from mcp_tui.ui.widgets.composer import Composer
from mcp_tui.ui.widgets.editors import Area
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.ui.widgets.schema_form import SchemaForm
from mcp_tui.workbench.home import Home

ADD = Ref("pocket", Kind.TOOL, "add")


async def test_the_tools_of_a_server_that_is_off_go_and_come_back_with_it(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")
        await me.press("f2", "x")
        await me.until(lambda: me.app.bench.hub.status("pocket").state is ServerState.OFF)
        await me.sees_no("■ add", "Tools")
        assert me.app.bench.items() == []
        await me.press("x")
        await me.sees("● pocket", "■ add")


async def test_a_pane_key_right_after_opening_something_has_the_last_word(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.press("f2")
        me.app.workspace.open(ADD)
        me.app.workspace.action_show_chat()
        await me.sees("Add two numbers.")
        for _ in range(5):
            await me.pilot.pause()
        assert me.place == "chat"


async def test_what_is_opened_before_its_server_is_there_fills_when_it_is() -> None:
    bench = FakeBench()
    server = bench.add("pocket", status=ServerStatus(ServerState.CONNECTING))
    pane = InspectorPane(bench.as_workbench)
    app = PaneApp(pane)
    async with app.run_test():
        pane.show(ADD)
        pane.focus_body()
        await until(lambda: "pocket is connecting" in app.shown())
        server.items.append(Tool("pocket", "add", description="Adds numbers."))
        server.status = ServerStatus(ServerState.READY)
        pane.update(ServerChanged("pocket"))
        await until(lambda: "Adds numbers." in app.shown())
        await until(lambda: app.focused is pane.home)


async def test_history_grows_while_it_is_open(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(180, 46)) as me:
        me.app.workspace.open(ADD)
        await me.sees("Add two numbers.")
        await me.press("f4", "3")
        await me.sees("Nothing called yet")
        for first in (20, 30):
            await me.send(f"/call add a={first} b=22")
            await me.sees(f'{{"a": {first}, "b": 22}}')
        await me.sees("History 2", '{"a": 20, "b": 22}')


async def test_space_on_a_server_saves_the_settings_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[tuple[str, ...]] = []
    save = Home.save_settings
    monkeypatch.setattr(Home, "save_settings", lambda home, new: (saved.append(new.withheld), save(home, new)))
    async with seat(folder, [pocket()]) as me:
        await me.press("f2", "space")
        await me.sees("□ add", "□ wait")
        assert saved == [("pocket/add", "pocket/book", "pocket/forget", "pocket/wait")]
        await me.press("space")
        await me.sees("■ add", "■ wait")
        assert saved[1:] == [()]


async def test_an_optional_choice_says_what_is_sent_if_it_is_left_out() -> None:
    units = {"type": "string", "enum": ["celsius", "fahrenheit [F]"], "default": "fahrenheit [F]"}

    class FormApp(PaneApp):
        CSS = ""

    app = FormApp(SchemaForm({"type": "object", "properties": {"units": units}}))
    async with app.run_test():
        await until(lambda: "fahrenheit [F] if left out" in app.shown())


async def test_the_bottom_line_names_the_key_that_calls_while_a_long_form_hides_its_button(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(80, 24)) as me:
        me.app.workspace.open(ADD)
        await me.sees("Add two numbers.")
        await me.sees_no("^s  call")
        await me.press("f4", "enter")
        await me.sees("^s  call")
        await me.press("f2")
        await me.sees_no("^s  call")


async def test_a_server_that_got_ready_while_the_workspace_was_being_made_is_shown_as_such(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Workspace.on_mount

    async def slowly(workspace: Workspace) -> None:
        await workspace.app.bench.hub.wait_settled()
        made(workspace)

    monkeypatch.setattr(Workspace, "on_mount", slowly)
    async with seat(folder, [pocket()]) as me:
        await me.sees("■ add")


async def test_a_click_on_what_has_just_gone_is_none(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        words = me.app.workspace.explorer.query_one(".filter > .mark")
        x, y = words.region.offset
        words.remove()
        for act in (events.MouseDown, events.MouseUp):
            me.app.post_message(act(None, x, y, 0, 0, 1, False, False, False, x, y))
        await me.press("f1")
        await me.sees("Help")


async def test_a_call_that_was_edited_in_its_question_is_shown_and_repeated_as_it_was_sent(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.form("forget")
        await me.type("milk")
        await me.press("ctrl+s")
        await me.alone("e")
        await me.until(lambda: isinstance(me.app.focused, Area))
        me.find(Area).text = '{"name": "eggs"}'
        await me.press("ctrl+s")
        await me.sees("edited by you")
        await me.answer("a")
        await me.until(lambda: me.app.bench.calls.of("pocket", "forget"))
        await me.sees("call again")
        await me.press("r")
        await me.until(lambda: me.app.asking.waiting)
        assert (asked := me.app.asking.waiting[0].request) and asked.arguments == {"name": "eggs"}
        await me.answer("d")
        await me.sees("you said no")
        await me.press("c")
        await me.until(lambda: me.find(SchemaForm).values() == {"name": "eggs"})


async def test_a_form_that_is_filled_anew_calls_nobody_back_into_it(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.form("forget")
        await me.type("milk")
        me.find(SchemaForm).set_values({"name": "eggs"})
        me.app.screen.set_focus(me.find(Composer))
        await me.sees("eggs")
        await me.pilot.pause()
        assert me.app.focused is me.find(Composer)


async def test_fields_draw_no_control_character_and_keep_what_was_pasted(folder: Folder) -> None:
    pasted = "a\x1b]52;c;eA==\u202eb"
    async with seat(folder, [pocket()]) as me:
        await me.press("f2", "slash")
        field = me.find(Input, "FilterField")
        await me.until(lambda: field.has_focus)
        await me.paste(pasted)
        await me.sees("a␛]52;c;eA==�b")
        assert field.value == pasted
        await me.press("f3")
        await me.paste(pasted)
        await me.sees("▎  a␛]52;c;eA==�b")
        assert me.draft == pasted
        assert not set(me.screen) & {"\x1b", "\u202e"}


@pytest.mark.parametrize("way", ["the palette", "its themes"])
async def test_the_palette_draws_no_control_character_that_is_pasted_into_it(folder: Folder, way: str) -> None:
    pasted = "a\x1b]52;c;eA==\u202eb"
    async with seat(folder, [pocket()]) as me:
        await me.press("ctrl+p")
        if way == "its themes":
            await me.type("choose a theme")
            await me.sees("Choose a theme")
            await me.press("enter")
            await me.sees("Search for themes")
        await me.until(lambda: isinstance(me.app.focused, Input))
        await me.paste(pasted)
        await me.sees("a␛]52;c;eA==�b")
        assert me.find(Input).value == pasted
        assert not set(me.screen) & {"\x1b", "\u202e"}
        await me.press("escape", "f1")
        await me.sees("Everywhere")


async def test_a_name_is_words_in_the_palette_and_costs_no_more_than_others(folder: Folder) -> None:
    name = f"[/b][@click=app.quit]shed[/]{'model a connect ' * 12}"
    async with seat(folder, [pocket(name)]) as me:
        await me.press("ctrl+p")
        await me.type("shed")
        await me.sees("● Edit [/b][@click=app.quit]shed[/]model", "● Remove [/b]", "ƒ add ")
        await me.press(*["backspace"] * 4)
        await me.type("connect a modl")
        await me.sees("› Connect a model")
