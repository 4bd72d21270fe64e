"""Servers from within the app: added, edited, switched off, removed; and the permissions that are remembered."""

from __future__ import annotations

import shlex

import pytest
from scripted_endpoint import Endpoint, say
from textual.command import CommandPalette
from textual.widgets import Input
from whole_app import Folder, Seat, entry, pocket, seat

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.servers import ServerState
from mcp_tui.domain.signin import SignedIn
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.permissions import PermissionsScreen
from mcp_tui.ui.screens.server_form import ServerForm
from mcp_tui.ui.screens.welcome import Welcome
from mcp_tui.ui.screens.workspace import Workspace


def command(mode: str = "") -> str:
    """The small server as somebody would type it."""
    spec = pocket(mode=mode)
    return shlex.join([spec.command, *spec.args])


async def form(me: Seat, **values: str) -> None:
    await me.until(lambda: isinstance(me.app.screen, ServerForm))
    for name, value in values.items():
        me.find(Input, f"#{name}").value = value


async def test_a_server_is_tried_before_it_is_saved(folder: Folder) -> None:
    async with seat(folder, [], welcome=True) as me:
        await me.press("a")
        await form(me, target="")
        await me.press("ctrl+s")
        await me.sees("a command or an address is missing")
        await form(me, target=command("fails"), name="notes")
        await me.press("ctrl+s")
        await me.sees("✗", "pocket: no vault, giving up")
        assert not folder.servers
        await form(me, target=command())
        await me.press("ctrl+s")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        await me.sees("● notes", "4 tools")
    assert folder.servers == {"notes": entry()}


async def test_all_that_can_be_done_to_a_server_is_in_the_palette(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_servers(notes=entry())

    async def pick(me: Seat, words: str, sees: str) -> None:
        await me.press("ctrl+p")
        await me.until(lambda: isinstance(me.app.screen, CommandPalette))
        me.find(Input).value = words
        await me.until(lambda: me.screen.count(words) == 2)  # as it is typed, and as it is found
        await me.press("enter")
        await me.sees(sees)

    async with seat(folder) as me:
        await pick(me, "What notes says to models", "Add two numbers.")
        await pick(me, "Log of notes", "Log 0  Requests")
        await pick(me, "How much notes logs", "What it logs, from this level on")
        await me.press("escape")
        await pick(me, "Switch notes off", "· notes")
        await pick(me, "Switch notes on", "● notes")
        monkeypatch.setattr(me.app.bench.signing_in, "signed_in", lambda name: SignedIn("https://as.example"))
        await pick(me, "Sign out of notes", "nobody signs in to it")
        await pick(me, "Edit notes", "Try and save")
        await me.press("escape")
        await pick(me, "Remove notes", "Its entry is taken out of your servers file")
        await me.press("y")
        await me.until(lambda: me.app.bench.hub.names == [])


async def test_the_name_of_another_server_is_refused_and_nothing_typed_is_lost(folder: Folder) -> None:
    folder.write_servers(notes=entry())
    async with seat(folder) as me:
        pid = me.app.bench.hub.info("notes")
        await me.app.run_action("add_server")
        await me.sees("Add a server")
        await form(me, target=command("x"), name="notes")
        await me.press("ctrl+o")
        await me.sees("there is a server notes already", "notes-2 is free")
        assert me.find(Input, "#target").value == command("x")
        await form(me, name="notes-2")
        await me.press("ctrl+o")
        await me.until(lambda: me.app.bench.hub.names == ["notes", "notes-2"])
        await me.press("f2", "e")
        await form(me, name="notes-2")
        await me.press("ctrl+o")
        await me.sees("there is a server notes-2 already")
        with pytest.raises(ConfigError):
            me.app.bench.hub.add(pocket("notes"))
        assert me.app.bench.hub.info("notes") == pid
    assert folder.servers == {"notes": entry(), "notes-2": entry("x")}


async def test_a_server_that_cannot_be_reached_is_saved_untried(folder: Folder) -> None:
    async with seat(folder, [], welcome=True) as me:
        await me.press("a")
        await form(me, target=command("fails"), name="notes")
        await me.press("ctrl+s")
        await me.sees("✗", "pocket: no vault, giving up", "Save untried")
        assert not folder.servers
        await me.press("ctrl+o")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        await me.until(lambda: me.app.bench.hub.status("notes").state is ServerState.FAILED)
        await me.sees("✗ notes")
    assert folder.servers == {"notes": entry("fails")}
    async with seat(folder) as me:
        await me.sees("✗ notes")


async def test_options_of_an_entry_are_typed_and_a_wrong_one_loses_nothing(folder: Folder) -> None:
    folder.write_servers(pocket={**entry(), "era": "legacy"})
    async with seat(folder) as me:
        await me.press("f2", "e")
        await form(me)
        assert me.find(Input, "#options").value == "era=legacy"
        await form(me, options="era=soon")
        await me.press("ctrl+o")
        await me.sees("pocket.era must be one of auto", "'soon'")
        await form(me, options="speed=9")
        await me.press("ctrl+o")
        await me.sees("speed is no option", "known are type, era, timeout")
        await form(me, options="timeout=7.5 call_timeout=60 log_level=info inherit_env=yes")
        await me.press("ctrl+o")
        await me.sees("● pocket")
    more = {"timeout": 7.5, "call_timeout": 60, "log_level": "info", "inherit_env": True}
    assert folder.servers == {"pocket": {**entry(), **more}}


async def test_escape_saves_nothing(folder: Folder) -> None:
    async with seat(folder, [], welcome=True, size=(100, 32)) as me:
        await me.press("a")
        await form(me, target=command())
        await me.press("escape")
        await me.until(lambda: isinstance(me.app.screen, Welcome))
    assert not folder.servers


async def test_a_server_is_renamed_and_what_the_form_does_not_show_is_kept(folder: Folder) -> None:
    folder.write_servers(pocket={**entry(), "x-own": 1})
    async with seat(folder) as me:
        await me.press("f2", "e")
        await form(me, name="purse", env="PURSE_COLOUR=red")
        await me.press("ctrl+s")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        await me.sees("● purse")
        await me.until(lambda: me.app.bench.hub.names == ["purse"])
    assert folder.servers == {"purse": {**entry(), "env": {"PURSE_COLOUR": "red"}, "x-own": 1}}


async def test_a_server_that_is_switched_off_stays_off_after_a_restart(folder: Folder) -> None:
    folder.write_servers(pocket=entry())
    async with seat(folder) as me:
        await me.press("f2", "x")
        await me.until(lambda: me.app.bench.hub.status("pocket").state is ServerState.OFF)
        await me.sees("· pocket")
    async with seat(folder) as me:
        assert me.app.bench.hub.status("pocket").state is ServerState.OFF
        await me.press("f2", "x")
        await me.sees("● pocket")
        await me.until(lambda: me.app.bench.hub.catalog("pocket").tools)
    async with seat(folder) as me:
        await me.sees("● pocket", "■ add")


async def test_removing_a_server_asks_first_and_no_keeps_it(folder: Folder) -> None:
    folder.write_servers(pocket=entry(), other=entry())
    async with seat(folder) as me:
        await me.press("f2", "delete")
        await me.until(lambda: isinstance(me.app.screen, Confirm))
        await me.sees("Remove pocket?")
        await me.press("enter")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        assert "pocket" in folder.servers
        await me.press("f2", "delete")
        await me.until(lambda: isinstance(me.app.screen, Confirm))
        await me.press("y")
        await me.until(lambda: me.app.bench.hub.names == ["other"])
        await me.sees_no("● pocket")
    assert folder.servers == {"other": entry()}


async def test_r_starts_a_server_again(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        before = me.app.bench.hub.info("pocket")
        await me.press("f2", "r")
        await me.until(lambda: (after := me.app.bench.hub.info("pocket")) and before and after.pid != before.pid)
        await me.sees("● pocket", "■ add")


async def test_remembered_permissions_are_listed_and_revoked(folder: Folder, endpoint: Endpoint) -> None:
    call = say(calls=[("pocket__add", {"a": 1, "b": 2})])
    endpoint.script(call, say("First."), call, say("Second."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add")
        await me.answer("s")
        await me.sees("First.")
        await me.idle()
        await me.app.run_action("permissions")
        await me.until(lambda: isinstance(me.app.screen, PermissionsScreen))
        await me.sees("The model may call the tool add on pocket", "until you quit")
        await me.press("enter")  # not by habit: only delete revokes
        await me.sees("The model may call the tool add on pocket")
        await me.press("delete")
        await me.sees("Nothing is remembered")
        await me.press("escape")
        await me.send("add again")
        await me.sees("Permission required")
        await me.answer("d")
        await me.sees("Second.")
