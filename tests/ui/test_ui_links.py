"""What a model or a server writes as pictures and links is words: nothing is fetched because it was drawn."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from scripted_endpoint import Endpoint, say
from whole_app import BARE, Folder, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.links import addresses
from mcp_tui.domain.masking import HIDDEN
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


async def test_an_address_is_opened_only_after_a_question_that_shows_all_of_it(
    folder: Folder, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("DISPLAY", ":0")
    endpoint.script(say("See [here](https://good.example/a?b=c) or https://xn--pple-43d.com/, not file:///etc/passwd."))
    async with seat(folder, [], model=endpoint.url, size=(120, 40)) as me:
        await me.send("where?")
        await me.sees("See here")
        await me.idle()
        await me.press("shift+tab", "o")
        await me.sees("Open an address", "https://good.example/a?b=c", "https://xn--pple-43d.com/")
        assert "file:///etc/passwd" not in me.screen.partition("Open an address")[2].splitlines()[1:6]
        await me.press("down", "enter")
        await me.sees("Open this address?", "xn--pple-43d.com", "аpple.com", "letters of other scripts")
        await me.press("enter")  # the focus is on no
        await me.sees_no("Open this address?")
        assert not opened.exists()
        await me.press("o")
        await me.sees("Open an address")
        await me.press("enter")
        await me.sees("Open this address?", "good.example")
        await me.press("o")
        await me.until(opened.exists)
        assert opened.read_text() == "https://good.example/a?b=c\n"


async def test_without_a_browser_the_address_is_copied(
    folder: Folder, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    endpoint.script(say("See https://good.example/."))
    async with seat(folder, [], model=endpoint.url, size=(120, 40)) as me:
        await me.send("where?")
        await me.idle()
        await me.press("shift+tab", "o")
        await me.sees("Open this address?", "no browser can be opened here")
        await me.press("c")
        await me.until(lambda: me.app.clipboard == "https://good.example/")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](https://a.example/x_(y)) and (https://b.example).", ["https://a.example/x_(y)", "https://b.example"]),
        ("<HTTPS://C.example/?q=1&r=2#t>, https://c.example!", ["HTTPS://C.example/?q=1&r=2#t", "https://c.example"]),
        ("javascript:alert(1) file:///etc data:text/html,x ftp://x", []),
        ("https://a.example/\u202egnp.exe https://a.example/\U000e0041", []),
        ("https://a.example/?k=sk-live-4711-4711", []),
        ("https://a.example https://a.example", ["https://a.example"]),
    ],
)
def test_only_addresses_that_can_be_read_whole_are_offered(text: str, found: list[str]) -> None:
    HIDDEN.add(["sk-live-4711-4711"])
    assert addresses(text) == found
