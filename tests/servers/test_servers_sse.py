"""The older transport, HTTP+SSE: whatever becomes of a message, its call ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from canned_http import canned
from old_sse_server import BIG, old_sse
from servers_kit import Host, hosting

from mcp_tui.domain.errors import AuthNeeded, RequestFailed, ServerLost
from mcp_tui.domain.servers import HttpSpec, ServerState


@asynccontextmanager
async def old() -> AsyncGenerator[Host]:
    async with old_sse("/messages") as url, hosting(HttpSpec("old", url, sse=True)) as host:
        yield host


async def test_a_message_that_is_refused_fails_its_call_alone() -> None:
    async with old() as host:
        with pytest.raises(RequestFailed, match="HTTP 500"):
            await host.call("500", "old")
        with pytest.raises(AuthNeeded, match="HTTP 401"):
            await host.call("401", "old")
        assert await host.call("echo", "old") == "ok"
        assert ("old", ServerState.LOST) not in host.states


@pytest.mark.parametrize(("tool", "why"), [("404", "HTTP 404"), ("reset", "broke"), ("hang-up", "broke off")])
async def test_a_session_that_is_gone_ends_its_calls_and_comes_back(tool: str, why: str) -> None:
    async with old() as host:
        with pytest.raises(ServerLost, match="went away before it answered"):
            await host.call(tool, "old")
        await host.comes_back("old")
        assert any(why in reason for reason in host.reasons), host.reasons
        assert await host.call("echo", "old") == "ok"


async def test_a_large_result_arrives() -> None:
    async with old() as host:
        assert len(await host.call("big", "old")) == BIG
        assert await host.call("echo", "old") == "ok"


async def test_a_stream_that_names_no_address_for_messages_is_explained() -> None:
    stream = {"content-type": "text/event-stream"}
    async with canned(lambda *_: (200, stream, b"")) as url, hosting(HttpSpec("old", url, sse=True)) as host:
        assert "it named no address for messages" in host.hub.status("old").reason
