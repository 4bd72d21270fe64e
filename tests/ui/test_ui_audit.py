"""The audit log on the screen: from the composer and the palette, by the keyboard alone, at 80 by 24."""

from __future__ import annotations

from textual.widgets import OptionList
from whole_app import Folder, pocket, seat

from mcp_tui.ui.screens.audit import AuditScreen


async def test_what_ran_and_what_was_denied_is_listed_found_and_read(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(80, 24)) as me:
        await me.send("/audit")
        await me.sees("Audit log", "Nothing is on record yet")
        await me.press("escape")
        await me.until(lambda: not isinstance(me.app.screen, AuditScreen))

        await me.send('/call add {"a": 17, "b": 25}')
        await me.sees("42")
        await me.send('/call forget {"name": "shopping"}')
        await me.answer("d")
        await me.press("ctrl+p")
        await me.type("audit")
        await me.press("enter")
        await me.until(lambda: isinstance(me.app.screen, AuditScreen))
        await me.sees("denied", "forget", "allowed", "add", "pocket", "you")
        assert isinstance(me.app.focused, OptionList)
        await me.sees('{"name":"shopping"}', "Deny")
        await me.press("down")
        await me.sees('{"a":17,"b":25}', "you asked for it", "2 bytes")
        await me.press("slash")
        await me.type("shopping")
        await me.sees_no("allowed")
        await me.press("escape", "escape")
        await me.until(lambda: not isinstance(me.app.screen, AuditScreen))


async def test_ten_thousand_lines_open_at_once_and_broken_ones_are_counted(folder: Folder) -> None:
    state = folder.root / "state" / "mcp-tui"
    state.mkdir(parents=True)
    line = '{"event":"decided","id":"%d","time":1.0,"item":"tool-%d","server":"old","decision":"allowed"}\n'
    (state / "audit.jsonl").write_text("".join(line % (n, n) for n in range(10_000)) + "torn\n")
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        await me.send("/audit")
        await me.sees("tool-9999", "no end on record", "1 line of the file could not be read")
