"""What a model or a server writes as pictures and links is words: nothing is fetched because it was drawn."""

from __future__ import annotations

import asyncio
import sys

from scripted_endpoint import Endpoint, say
from whole_app import BARE, Folder, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.refs import Ref

SERVER = """
import json, sys
url = sys.argv[1]
icons = [{"src": url + "/icon.png"}]
link = {"type": "resource_link", "uri": url + "/linked", "name": "linked", "icons": icons}
words = {"type": "text", "text": f"# Look\\n\\n![here]({url}/picture) [there]({url}/there) <{url}/auto>"}
tool = {"name": "look", "inputSchema": {"type": "object"}, "icons": icons, "description": f"![x]({url}/told)"}
for line in sys.stdin:
    asked = json.loads(line)
    results = {
        "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                       "serverInfo": {"name": "x", "version": "1", "icons": icons, "websiteUrl": url + "/site"}},
        "tools/list": {"tools": [tool]},
        "tools/call": {"content": [words, link]},
    }
    if "id" in asked:
        answer = {"result": results[asked["method"]]} if asked.get("method") in results else {
            "error": {"code": -32601, "message": "no"}}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
"""


async def test_nothing_is_fetched_because_it_was_drawn(folder: Folder, endpoint: Endpoint) -> None:
    visits: list[bytes] = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(await reader.readline())
        writer.close()

    listener = await asyncio.start_server(visited, "127.0.0.1", 0)
    async with listener:
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        server = StdioSpec("lure", sys.executable, (*BARE, "-c", SERVER, url))
        endpoint.script(
            say("", calls=[("lure__look", {})]),
            say(f"![a picture]({url}/drawn) and [a link]({url}/followed) <{url}/auto> {url}/bare"),
        )
        async with seat(folder, [server], model=endpoint.url, size=(180, 44)) as me:
            await me.send("look")
            await me.answer("a")
            await me.idle()
            await me.sees("a picture", f"{url}/drawn", f"{url}/followed")
            me.app.workspace.open(Ref("lure", Kind.TOOL, "look"))
            await me.sees("look", f"{url}/told")
            await me.press("f4", "enter", "ctrl+s")
            await me.sees("Look", "linked")
    assert visits == []
