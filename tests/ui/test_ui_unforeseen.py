"""What nobody foresaw, at the keyboard: it is said and written down, and the program goes on where it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from whole_app import Folder, Seat, pocket, seat

from mcp_tui.ui.app import McpTuiApp
from mcp_tui.ui.widgets.composer import Composer
from mcp_tui.ui.widgets.key_line import KeyLine


async def by_key(me: Seat) -> None:
    await me.press("f1")


async def by_leader(me: Seat) -> None:
    await me.press("ctrl+g", "h")


async def by_click(me: Seat) -> None:
    await me.pilot.click(KeyLine, offset=(3, 0))


async def by_palette(me: Seat) -> None:
    await me.press("ctrl+p")
    await me.type("audit log")
    await me.sees("Audit log: what was")
    await me.press("enter")


@pytest.mark.parametrize("act", [by_key, by_leader, by_click, by_palette], ids=lambda act: act.__name__)
async def test_an_action_that_fails_is_said_and_written_down_and_the_draft_goes_on(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, act: Callable[[Seat], Awaitable[None]]
) -> None:
    async def fall_over(_app: McpTuiApp) -> None:
        raise RuntimeError("evil \x1b[2J words")

    monkeypatch.setattr(McpTuiApp, "action_help", fall_over)
    monkeypatch.setattr(McpTuiApp, "action_audit", fall_over)
    async with seat(folder, [pocket()], falls=True) as me:
        await me.press("f3")
        await me.type("half a ")
        await act(me)
        await me.sees("Something went wrong: evil ⟦U+001B⟧[2J words", "mcp-tui.log")
        await me.until(lambda: isinstance(me.app.focused, Composer))
        await me.type("thought")
        assert me.draft == "half a thought"
        assert "in fall_over" in me.app.bench.home.paths.log_file.read_text()
