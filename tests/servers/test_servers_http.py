"""Servers at an address: a real one in a process of its own, and canned ones that answer as no server should."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator

import pytest
from canned_http import Answer, Handler, LegacySessions, canned
from servers_kit import HERE, PATIENCE, Host, hosting, soon

from mcp_tui.domain.asks import Root
from mcp_tui.domain.errors import AuthNeeded, RequestFailed, ServerLost
from mcp_tui.domain.servers import HttpSpec, ServerState
from mcp_tui.servers import http


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def sdk_server(port: int) -> AsyncGenerator[None]:
    """The server made with the SDK, listening."""
    command = [sys.executable, str(HERE / "sdk_server.py"), "http", str(port)]
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE):
            while not await listens(port):  # noqa: ASYNC110 (only trying tells)
                await asyncio.sleep(0.05)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def status_of(handler: Handler) -> tuple[Host, str]:
    """A host that tried to connect to a canned server, closed again."""
    host = Host()
    async with canned(handler) as url:
        await host.ready(HttpSpec("web", url, connect_timeout=5))
        status = host.hub.status("web")
        assert status.state is ServerState.FAILED
        if status.phase == "authorization":
            with pytest.raises(AuthNeeded):
                await host.call("echo", "web")
        await host.hub.aclose()
    return host, f"{status.short} | {status.phase} | {status.reason} | {status.hint}"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no request of ours has to be answered by HTTP within a moment."""
    monkeypatch.setitem(http._TIMEOUT, "read", 0.3)  # pyright: ignore[reportPrivateUsage]


async def test_a_server_over_http_is_listed_and_called_and_its_frames_recorded(impatient: None) -> None:
    port = free_port()
    host = Host()
    async with sdk_server(port):
        await host.ready(HttpSpec("web", f"http://127.0.0.1:{port}/mcp", {"X-Mine": "1"}))
        assert host.hub.status("web").state is ServerState.READY
        assert await host.call("echo", "web", text="hi") == "hi"
        assert {(frame.outgoing, frame.is_reply) for frame in host.trace} >= {(True, False), (False, True)}
        await host.until(lambda: "notifications/subscriptions/acknowledged" in [each.method for each in host.trace])
        assert await host.call("nap", "web", seconds=0.6) == "slept well", "silence is the server's good right"
        await host.call("change", "web")
        await host.until(lambda: any(tool.name == "grown" for tool in host.hub.catalog("web").tools))
        assert sum(frame.method == "subscriptions/listen" for frame in host.trace) == 1, "it was not cut off meanwhile"

        with pytest.raises(ServerLost):
            await host.call("die", "web")
        await host.until(lambda: ("web", ServerState.LOST) in host.states)
    async with sdk_server(port):
        await host.until(lambda: host.hub.status("web").state in (ServerState.READY, ServerState.FAILED))
        await host.hub.reconnect("web")
        await soon(host.hub.wait_settled())
        assert await host.call("echo", "web", text="again") == "again"
        await host.hub.aclose()


async def test_an_address_where_nothing_listens_is_explained() -> None:
    host = Host()
    await host.ready(HttpSpec("web", f"http://127.0.0.1:{free_port()}/mcp"))
    status = host.hub.status("web")
    await host.hub.aclose()
    assert status.state is ServerState.FAILED and status.short == "no connection"
    assert status.reason.startswith("Nothing answers at http://127.0.0.1:")


async def test_a_server_that_wants_credentials_says_so() -> None:
    _, words = await status_of(lambda *_: (401, {"www-authenticate": 'Bearer realm="x"'}, b""))
    assert words.startswith("HTTP 401 | authorization | The server wants credentials")
    assert "Authorization header" in words and 'Bearer realm="x"' in words


async def test_credentials_that_are_refused_say_so() -> None:
    _, words = await status_of(lambda *_: (403, {}, b""))
    assert words.startswith("HTTP 403 | authorization | The server refuses these credentials")


async def test_a_wrong_path_is_explained() -> None:
    _, words = await status_of(lambda *_: (404, {}, b"nothing here"))
    assert words.startswith("HTTP 404 | first handshake | There is no MCP server at") and "/mcp" in words


async def test_a_web_page_is_explained() -> None:
    _, words = await status_of(lambda *_: (200, {"content-type": "text/html"}, b"<h1>Welcome</h1>"))
    assert words.startswith("web page") and "is a web page, not an MCP server" in words


async def test_a_server_in_trouble_is_explained() -> None:
    _, words = await status_of(lambda *_: (502, {}, b""))
    assert words.startswith("HTTP 502") and "in trouble" in words


async def test_an_address_that_never_answers_does_not_delay_the_end() -> None:
    connected = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        host = Host()
        host.hub.add(HttpSpec("web", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"))
        await soon(connected.wait())
        began = time.monotonic()
        await host.hub.aclose()
        assert time.monotonic() - began < 1.2


async def test_an_address_that_never_answers_fails_within_its_time() -> None:
    async def silent(*_: object) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async with canned(silent) as url:
        began = time.monotonic()
        async with hosting(HttpSpec("web", url, connect_timeout=0.4)) as host:
            assert 0.4 <= time.monotonic() - began < 2
            assert (host.hub.status("web").state, host.hub.status("web").short) == (ServerState.FAILED, "no answer")


async def test_a_notice_that_http_never_answers_does_not_hold_up_what_comes_after_it(impatient: None) -> None:
    sessions = LegacySessions()

    async def deaf(method: str, headers: dict[str, str], body: bytes) -> Answer:
        while b"roots/list_changed" in body:
            await asyncio.Event().wait()
        return sessions(method, headers, body)

    async with canned(deaf) as url, hosting(HttpSpec("web", url), roots=()) as host:
        await host.hub.set_roots([Root("file:///tmp")])
        with contextlib.suppress(ServerLost):
            await host.call("echo", "web")
        await host.comes_back("web")
        assert await host.call("echo", "web") == "ok"


async def test_a_forgotten_session_is_opened_anew_and_the_call_is_not_sent_again() -> None:
    sessions, host = LegacySessions(), Host()
    async with canned(sessions) as url:
        await host.ready(HttpSpec("old", url, {"X-Mine": "yes"}))
        assert await host.call("echo", "old") == "ok"
        sessions.session = 2
        with pytest.raises(ServerLost):
            await host.call("echo", "old")
        assert sessions.calls == 1
        await host.comes_back("old")
        assert await host.call("echo", "old") == "ok"
        await host.hub.aclose()
    assert all(headers.get("x-mine") == "yes" for headers in sessions.headers)


async def test_http_errors_of_a_call_are_told_with_their_status() -> None:
    host = Host()
    async with canned(LegacySessions()) as url:
        await host.ready(HttpSpec("old", url))
        with pytest.raises(AuthNeeded, match="HTTP 401"):
            await host.call("locked", "old")
        with pytest.raises(RequestFailed, match="HTTP 500"):
            await host.call("broken", "old")
        assert await host.call("echo", "old") == "ok"
        await host.hub.aclose()


@pytest.mark.parametrize("tool", ["json", "stream"])
async def test_a_large_result_arrives_either_way(tool: str) -> None:
    async with canned(LegacySessions()) as url, hosting(HttpSpec("old", url)) as host:
        assert len(await host.call(tool, "old", size=3_000_000)) == 3_000_000
