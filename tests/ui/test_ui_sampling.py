"""A server's wish for a model's answer, all the way: its process, the dialog, an endpoint on a socket, and back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripted_endpoint import Endpoint, refuse, say
from whole_app import BARE, Folder, seat

from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.screens.sample import SampleDialog

SCRIPT = Path(__file__).parents[1] / "servers" / "raw_server.py"
RAW = StdioSpec("raw", sys.executable, (*BARE, str(SCRIPT)))
PIXEL = "iVBORw0KGgo="
WISH = {
    "messages": [
        {"role": "user", "content": {"type": "text", "text": "What is this?"}},
        {"role": "user", "content": {"type": "image", "data": PIXEL, "mimeType": "image/png"}},
        {"role": "user", "content": {"type": "audio", "data": PIXEL, "mimeType": "audio/wav"}},
    ],
    "modelPreferences": {"costPriority": 0.2, "speedPriority": 0.9, "intelligencePriority": 0},
    "includeContext": "thisServer",
    "tools": [
        {"name": "look.up", "description": "Look it up", "inputSchema": {"type": "object"}},
        {"name": "wipe\x1b[2J", "inputSchema": {"type": "object"}},
    ],
    "toolChoice": {"mode": "required"},
}


async def test_a_servers_wishes_are_shown_and_reach_the_model_and_its_answer_the_server(
    folder: Folder, endpoint: Endpoint
) -> None:
    endpoint.script(
        refuse(400, "this model does not support image input"), say(calls=[("look_up", {"what": "the dot"})])
    )
    async with seat(folder, [RAW], model=endpoint.url, size=(132, 60)) as me:
        await me.send(f"/call sample {json.dumps(WISH)}")
        await me.asked()
        await me.sees("cost 0.2 · speed 0.9 · intelligence 0", "of this server: nothing of it is sent along")
        await me.sees("look.up: Look it up", "at least one must be called")
        await me.sees("The model gets the pictures too.", "Of sounds it gets the line above alone.")
        dialog = me.app.screen
        assert isinstance(dialog, SampleDialog)
        await me.alone("tab")
        await me.until(lambda: dialog.takes_text)
        await me.type("a dot")
        await me.press("ctrl+s")
        await me.sees("the server wants at least one of its tools called")
        await me.press("7", "ctrl+s")
        await me.sees("call 1 names no tool of the request: look.up, wipe⟦U+001B⟧[2J")
        await me.press("backspace")
        await me.press("ctrl+l")
        await me.sees('"what": "the dot"', "this model takes no pictures: asked again without them")
        await me.press("ctrl+s")
        await me.until(lambda: me.app.screen is not dialog)
        await me.sees("✓  sample raw")
        (record,) = me.app.bench.calls.of("raw", "sample")
        assert record.result and json.loads(record.result.text)["content"] == [
            {"type": "text", "text": "a dot"},
            {"type": "tool_use", "id": "call_look_up_0", "name": "look.up", "input": {"what": "the dot"}},
        ]

    first, second = endpoint.requests
    assert first["tool_choice"] == second["tool_choice"] == "required"
    text, picture, sound = first["messages"][0]["content"]
    assert (text["text"], sound["text"]) == ("What is this?", "[audio audio/wav, 8 bytes]")
    assert picture == {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    assert "[image image/png, 8 bytes]" in second["messages"][0]["content"], "once the endpoint refused pictures"
