"""The listener that hears the browser come back: only its own answer, once, whatever else knocks."""

from __future__ import annotations

import asyncio

import pytest
from servers_kit import soon

from mcp_tui.domain.signin import Redirected
from mcp_tui.servers.auth.loopback import MAX_HEAD, Loopback


async def knock(listener: Loopback, head: str) -> str:
    """What the listener says to this."""
    port = int(listener.uri.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode())
    writer.write_eof()
    try:
        return (await soon(reader.read())).decode()
    except ConnectionResetError:
        return ""
    finally:
        writer.close()


def get(target: str) -> str:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_it_takes_the_answer_with_the_right_state_and_says_that_the_page_can_be_closed() -> None:
    async with Loopback() as listener:
        answer = asyncio.create_task(listener.answer("right"))
        await asyncio.sleep(0)
        page = await knock(listener, get("/callback?code=c&state=right&iss=https%3A%2F%2Fas.example"))
        assert await soon(answer) == Redirected("c", "right", "https://as.example")
    assert page.startswith("HTTP/1.1 200") and "You can close this" in page


@pytest.mark.parametrize(
    "head",
    [
        get("/"),
        get("/favicon.ico"),
        get("/callback"),
        get("/callback?code=c&state=wrong"),
        get("/callback?code=c"),
        get("/callback?state=right"),
        get("/callback?code=c&state=right").replace("GET", "POST"),
        "\r\n\r\n",
        "nothing that ends",
        "x" * (MAX_HEAD + 10),
        get("/callback?code=<script>&state=wrong"),
    ],
)
async def test_it_keeps_waiting_after_anything_else(head: str) -> None:
    async with Loopback() as listener:
        answer = asyncio.create_task(listener.answer("right"))
        await asyncio.sleep(0)
        said = await knock(listener, head)
        assert "200 OK" not in said and "<script>" not in said and not answer.done()
        await knock(listener, get("/callback?code=c&state=right"))
        assert (await soon(answer)).code == "c"


async def test_it_takes_one_answer_only() -> None:
    async with Loopback() as listener:
        answer = asyncio.create_task(listener.answer("right"))
        await asyncio.sleep(0)
        await knock(listener, get("/callback?code=first&state=right"))
        assert (await knock(listener, get("/callback?code=second&state=right"))).startswith("HTTP/1.1 410")
        assert (await soon(answer)).code == "first"


async def test_nothing_is_taken_before_somebody_waits_and_nobody_listens_afterwards() -> None:
    async with Loopback() as listener:
        assert (await knock(listener, get("/callback?code=c&state="))).startswith("HTTP/1.1 400")
    with pytest.raises(ConnectionRefusedError):
        await knock(listener, get("/callback"))


async def test_an_error_is_an_answer_too() -> None:
    async with Loopback() as listener:
        answer = asyncio.create_task(listener.answer("s"))
        await asyncio.sleep(0)
        page = await knock(listener, get("/callback?error=access_denied&error_description=no+way&state=s"))
        assert (await soon(answer)).error == "access_denied no way" and "not granted" in page
