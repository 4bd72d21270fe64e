"""Results that are not as MCP describes them: shown as they came, with a badge, and not as if nothing had come."""

from __future__ import annotations

import sys
from pathlib import Path

from whole_app import BARE, Folder, seat

from mcp_tui.domain.servers import StdioSpec

SCRIPT = Path(__file__).parents[1] / "servers" / "raw_server.py"
RAW = StdioSpec("raw", sys.executable, (*BARE, str(SCRIPT)))
BADGE = "△ does not conform"


async def test_a_result_that_breaks_the_form_is_shown_as_it_came_wherever_it_is_shown(folder: Folder) -> None:
    async with seat(folder, [RAW], size=(180, 50)) as me:
        await me.send('/call verbatim {"content": {"beam": 17}}')
        await me.sees(f"{BADGE}: It has no list of content.", '{"content": {"beam": 17}}')
        await me.send('/call verbatim {"content": [{"type": "text", "text": "good"}, "bad"]}')
        await me.sees(f"{BADGE}: Part 2 of its content is no object.")
        await me.send('/call verbatim {"content": []}')
        await me.sees("The tool answered with nothing.")

        await me.send("""/prompt greet who='{"messages": "welcome"}'""")
        await me.answer("s")
        await me.sees("0 messages", BADGE, "It has no list of messages.", "as it came", '"welcome"')
        await me.send("""/prompt greet who='{"messages": [{"role": "user", "content": {"type": "text"}}]}'""")
        await me.sees("1 message", BADGE, 'Message 1 is a broken "text".')

        await me.send("/read raw://a")
        await me.sees(BADGE, "Part 1 of its contents has neither text nor bytes.", "as it came", '"no base64!"')
        assert "It is empty" not in me.screen
