"""The first screen without a configuration, and connecting a model."""

from __future__ import annotations

import stat

from scripted_endpoint import Endpoint
from textual.widgets import Input
from whole_app import Folder, seat

from mcp_tui.ui.screens.model_form import ModelForm
from mcp_tui.ui.screens.welcome import Welcome
from mcp_tui.ui.screens.workspace import Workspace


async def test_it_names_the_doors_and_what_is_missing_and_escape_leads_into_the_workspace(folder: Folder) -> None:
    async with seat(folder, [], welcome=True, size=(100, 32)) as me:
        await me.sees("Try the demo", "Add a server", "Connect a model", "no servers yet")
        await me.press("escape")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        await me.sees("No servers yet.")


async def test_the_demo_door_brings_a_server_and_a_model_that_answers(folder: Folder) -> None:
    async with seat(folder, [], welcome=True) as me:
        await me.press("d")
        await me.until(lambda: isinstance(me.app.screen, Workspace))
        await me.sees("● demo", "a script, not an AI")
        await me.send("add 17 and 25")
        await me.answer("a")
        await me.sees("✓  add", "42")
        await me.idle()
    assert not folder.servers
    assert not folder.settings


async def test_arrows_and_enter_choose_a_door(folder: Folder) -> None:
    async with seat(folder, [], welcome=True, size=(100, 32)) as me:
        await me.press("down", "down", "enter")
        await me.until(lambda: isinstance(me.app.screen, ModelForm))


async def test_a_model_is_tried_before_it_is_kept_and_its_key_stays_out_of_the_settings(
    folder: Folder, endpoint: Endpoint
) -> None:
    secret = "sk-test-1234567890"
    async with seat(folder, [], welcome=True, size=(100, 32)) as me:
        await me.press("m")
        await me.until(lambda: isinstance(me.app.screen, ModelForm))
        me.find(Input, "#key").value = secret
        for address, said in (("localhost", "begins with http"), ("http://127.0.0.1:9/v1", "✗ Cannot reach")):
            me.find(Input, "#address").value = address
            await me.press("ctrl+s")
            await me.sees(said)
        me.find(Input, "#address").value = endpoint.url
        me.find(Input, "#model").value = "unheard"
        await me.press("ctrl+s")
        await me.sees("it lists no unheard", "scripted")
        assert not folder.settings
        assert secret not in me.screen
        me.find(Input, "#model").value = ""
        await me.press("ctrl+s")
        await me.until(lambda: isinstance(me.app.screen, Welcome))
        await me.sees(f"scripted · {endpoint.url}")
    assert endpoint.url in folder.settings
    assert secret not in folder.settings
    keys = folder.config / "keys.json"
    assert secret in keys.read_text()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


async def test_a_model_that_was_connected_is_used_after_a_restart(folder: Folder, endpoint: Endpoint) -> None:
    async with seat(folder, [], welcome=True, size=(100, 32)) as me:
        await me.press("m")
        await me.until(lambda: isinstance(me.app.screen, ModelForm))
        me.find(Input, "#address").value = endpoint.url
        me.find(Input, "#key").value = "sk-test-1234567890"
        await me.press("ctrl+s")
        await me.until(lambda: isinstance(me.app.screen, Welcome))
    async with seat(folder, []) as me:
        await me.until(lambda: me.app.bench.models.current is not None)
        await me.send("hello")
        await me.idle()
    assert endpoint.headers[-1]["authorization"] == "Bearer sk-test-1234567890"
