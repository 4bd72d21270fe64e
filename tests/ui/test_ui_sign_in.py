"""Signing in from the screen: the whole address, three ways there and back, and the steps afterwards."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asking_app import AskingApp, seen, settle, told
from fakes import FakeBench, PaneApp
from looking import until
from textual import events
from textual.widgets import Input
from whole_app import Folder, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.signin import AuthStep, SignedIn, SignIn
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.sign_in import SignInDialog
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.workbench.bench import Workbench
from tests.servers.canned_http import canned
from tests.servers.oauth_server import Browser, Guard, guarded

ASK = SignIn(
    "notes", "https://as.exаmple.org/authorize?client_id=me&state=s1&scope=[b]x", "http://127.0.0.1:4711/callback"
)
BACK = "http://127.0.0.1:4711/callback?code=c1&state=s1"


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")


async def dialog_of(pilot: Any) -> SignInDialog:
    """The dialog, once it may be answered."""
    dialog = await seen(pilot)
    assert isinstance(dialog, SignInDialog)
    return dialog


async def test_the_whole_address_is_shown_with_its_host_in_clear() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        await dialog_of(pilot)
        words = await told(pilot)
        assert "Sign in to notes" in words and ASK.url in words
        assert "as.xn--exmple-4nf.org" in words and "letters of other scripts" in words
        await pilot.press("escape")
        assert await settle(asked) is None


async def test_a_pasted_address_that_fits_is_the_answer_wherever_the_focus_is() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        await dialog_of(pilot)
        app.post_message(events.Paste(f"  {BACK}\n"))
        assert await settle(asked) == BACK


async def test_an_address_of_another_sign_in_is_not_taken_and_the_reason_stands_there() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        dialog = await dialog_of(pilot)
        await pilot.press("p")
        await until(lambda: isinstance(dialog.focused, Input))
        await pilot.press(*"code=c1", "enter")
        assert "belongs to another sign-in" in await told(pilot) and not asked.done()
        dialog.query_one("#back", Input).value = BACK
        await pilot.press("enter")
        assert await settle(asked) == BACK


async def test_the_dialog_goes_when_the_browser_came_back_by_itself() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        await dialog_of(pilot)
        asked.cancel()
        await until(lambda: not isinstance(app.screen, SignInDialog))
        assert not app.asking.waiting


async def test_while_something_is_typed_the_banner_says_who_waits() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x")
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        await until(lambda: app.asking.waiting)
        assert "notes wants you to sign in" in await told(pilot)
        await pilot.press("f8")
        await dialog_of(pilot)
        await pilot.press("escape")
        assert await settle(asked) is None


async def test_the_address_is_opened_by_the_users_browser_and_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {seen}.new\nmv {seen}.new {seen}\necho noise\n')
    browser.chmod(0o755)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("BROWSER", str(browser))
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        dialog = await dialog_of(pilot)
        assert dialog.focused is not None and dialog.focused.id == "open"
        await pilot.press("o")
        await until(seen.exists)
        assert seen.read_text() == ASK.url
        app.post_message(_lone("c"))
        await until(lambda: app.clipboard.startswith("https://as.ex"))
        await pilot.press("escape")
        await settle(asked)


def _lone(key: str) -> events.Key:
    """A press with quiet before it."""
    press = events.Key(key, key)
    press.time = time.monotonic() + 1
    return press


async def test_over_ssh_nothing_is_opened_and_the_way_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    app = AskingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        asked = asyncio.create_task(app.asking.sign_in(ASK))
        await dialog_of(pilot)
        assert "ssh -L 4711:127.0.0.1:4711" in await told(pilot) and not app.screen.query("#open")
        await pilot.press("escape")
        await settle(asked)


async def test_a_servers_page_tells_who_is_signed_in_and_what_happened_and_signs_out() -> None:
    bench = FakeBench()
    bench.add("notes", spec=HttpSpec("notes", "https://notes.example/mcp"))
    known = SignedIn("https://as.example", ("read", "[b]write"), time.time() + 3_000, renewable=True)
    bench.signing_in.known["notes"] = known
    bench.signing_in.happened["notes"] = [
        AuthStep(time.time(), "The server wants a sign-in", "HTTP 401 Bearer [b]"),
        AuthStep(time.time(), "The sign-in failed", "no PKCE", failed=True),
    ]
    pane = InspectorPane(bench.as_workbench)
    app = PaneApp(pane)
    async with app.run_test(size=(90, 50)) as pilot:
        pane.show(Ref("notes"))
        pane.focus_body()
        await until(lambda: "then renewed by itself" in app.shown())
        assert "https://as.example" in app.shown() and "read [b]write" in app.shown()
        await pilot.press("3")
        await until(lambda: "What happened" in app.shown())
        assert "The server wants a sign-in" in app.shown() and "HTTP 401 Bearer [b]" in app.shown()
        assert "✗" in app.shown() and "no PKCE" in app.shown()
        await pilot.press("o")
        await pilot.pause()
        acts = [(message.server, message.act) for message in app.said(InspectorPane.ServerAct)]
        assert acts == [("notes", "sign out")]
        bench.add("mail", spec=HttpSpec("mail", "https://mail.example/mcp"))
        bench.signing_in.stored["mail"] = SignedIn("https://kept.example", since=1_700_000_000.0)
        pane.show(Ref("mail"))
        pane.focus_body()
        await until(lambda: "mail " in app.shown() and pane.has_focus_within)
        await pilot.press("3")
        await until(lambda: "https://kept.example" in app.shown())
        assert "2023-11-1" in app.shown() and "Nobody is signed in" not in app.shown()


async def test_a_server_that_signs_you_in_elsewhere_is_called_by_nobody_until_you_accept_that(folder: Folder) -> None:
    async with guarded() as (guard, server), canned(other := Guard()) as address:
        other.url = address.removesuffix("/mcp")
        web, browser = [HttpSpec("web", server.url)], Browser()
        signs_in = partial(Workbench, sign_in=browser)
        async with seat(folder, web, bench=signs_in) as me:
            await me.sees("web is new: 2 tools pinned.")

        pins, issuer = folder.root / "data" / "mcp-tui" / "pins.json", f', "issuer": {json.dumps(guard.url)}'
        assert issuer in pins.read_text()
        pins.write_text(pins.read_text().replace(issuer, ""))  # as older versions wrote it
        async with seat(folder, web, bench=signs_in) as me:
            bench = me.app.bench
            assert issuer in pins.read_text() and len(bench.pinned.readable("web")) == 2, "what is not known is learnt"
            await bench.signing_in.sign_out(bench.hub, "web")
            await bench.hub.switch("web", True)
            await me.until(lambda: len(browser.asked) == 2)
            await bench.hub.wait_settled()
            await bench.reviews.met()
            assert len(bench.pinned.readable("web")) == 2, "signing out and in is no change"

        server.guard = other
        async with seat(folder, web, bench=signs_in, size=(150, 44)) as me:
            await me.sees("web signs you in elsewhere than when")
            sent = len(server.tokens)
            await me.send("/call web/flat {}")
            await me.sees("its server signs you in elsewhere")
            assert len(server.tokens) == sent, "nothing was sent"
            me.app.workspace.open(Ref("web", Kind.TOOL, "flat"))
            await me.sees("Its server signs you in elsewhere", "issuer", guard.url, other.url)
            me.app.workspace.act_on_server("web", "texts")
            await me.sees("2 tools that models do not get yet", "It signs you in elsewhere")
            await me.press("f4", "a")
            await me.sees_no("that models do not get yet")
            await me.send("/call web/flat {}")
            await me.until(lambda: len(server.tokens) > sent)
            assert json.dumps(other.url) in pins.read_text(), "it is remembered"
            server.guard = guard
            await me.send("/call web/flat {}")
            await me.until(lambda: me.app.bench.pinned.how_moved("web"), "a sign-in while it runs counts as well")
