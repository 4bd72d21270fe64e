"""Questions of servers that lead to an address: it is seen whole, and opened by its key alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from asking_app import AskingApp, Keyboard, seen, settle, told
from looking import until
from whole_app import BARE, Folder, seat

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.screens.visit import VisitDialog

SCRIPT = Path(__file__).parents[1] / "servers" / "raw_server.py"
RAW = StdioSpec("raw", sys.executable, (*BARE, str(SCRIPT)))
URL = "https://xn--pple-43d.com/login?next=" + "x" * 80


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A browser of our own; what it was told to open last."""
    visited, program = tmp_path / "visited", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {visited}.new\nmv {visited}.new {visited}\n')
    program.chmod(0o755)
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("BROWSER", str(program))
    return lambda: visited.read_text() if visited.exists() else ""


async def test_an_address_is_shown_whole_and_opened_or_copied_by_its_key_alone(opened: Callable[[], str]) -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        asked = asyncio.create_task(app.asking.elicit(Elicitation("s", "Log in", url=URL)))
        dialog = await seen(pilot)
        words = await told(pilot)
        assert URL in words and "xn--pple-43d.com" in words and "letters of other scripts" in words
        assert isinstance(dialog, VisitDialog) and dialog.focused and dialog.focused.id == "copy"
        assert not opened() and app.clipboard == "" and not asked.done()
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("o")
        await until(opened)
        assert opened() == URL and not asked.done()
        keys.now = max(keys.now, monotonic()) + 1
        keys.press("c")
        await until(lambda: app.clipboard == URL)
        keys.now = max(keys.now, monotonic()) + 1
        keys.press("ctrl+s")
        assert await settle(asked) == ElicitReply("accept")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "https://", "https://[broken"])
async def test_what_is_no_web_address_is_never_opened(opened: Callable[[], str], url: str) -> None:
    app = AskingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        asked = asyncio.create_task(app.asking.elicit(Elicitation("s", "Look", url=url)))
        await seen(pilot)
        assert url in await told(pilot) and not app.screen.query("#open")
        await pilot.press("escape")
        assert await settle(asked) == ElicitReply("cancel")


async def test_a_server_that_says_done_before_the_person_went_there_gets_no_answer_by_that(
    opened: Callable[[], str],
) -> None:
    ask = Elicitation("s", "Pay", url=URL, id="e1")
    app = AskingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        asked = asyncio.create_task(app.asking.elicit(ask))
        await seen(pilot)
        ask.completed.set()
        await until(lambda: "is done there already" in str(app.screen.query_one("#status").render()))
        assert not asked.done() and not opened()
        await pilot.press("escape")
        assert await settle(asked) == ElicitReply("cancel")


async def test_a_call_goes_on_by_itself_when_the_person_went_there_and_the_server_says_done(
    folder: Folder, opened: Callable[[], str]
) -> None:
    async with seat(folder, [RAW]) as me:
        await me.send('/call visit {"n": 1}')
        await me.asked()
        await me.sees("raw asks you", "Pay first", "https://example.org/pay", "the call, which waits for it")
        dialog = me.app.screen
        assert isinstance(dialog, VisitDialog)
        await me.alone("o")
        await me.sees("Your browser was told to open it.")
        await me.until(opened)
        assert opened() == "https://example.org/pay"
        for name in ("another", "e1"):
            assert me.app.screen is dialog
            await me.app.bench.hub.call_tool("raw", "done", {"id": name})
        await me.until(lambda: me.app.screen is not dialog)
        await me.sees("✓", '{"n": 1}')
