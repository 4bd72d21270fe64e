"""Servers at an address, over streamable HTTP; and the client that every server at an address is asked with.

What HTTP itself answers is noted on the wire, for the SDK tells of little more than success; http_tap.py records it.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mcp_tui.domain.aside import aside
from mcp_tui.domain.limits import LINE
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.faults import HttpAnswer
from mcp_tui.servers.taps import TappedReader, TappedWriter
from mcp_tui.servers.wire import CARRIED, Wire

if TYPE_CHECKING:
    import httpx2
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams

_TIMEOUT = {"connect": 30.0, "read": 60.0, "write": 30.0, "pool": 30.0}
"""Seconds; `read` is the silence of an answer, but not to a request: how long that may take is said elsewhere."""


def http_transport(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None = None) -> Transport:
    """Streamable HTTP (MCP, basic/transports)."""
    from mcp.client.streamable_http import streamable_http_client

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        await aside(certificates)
        async with (
            http_client(spec, wire, auth, {endpoint(spec)}) as client,
            streamable_http_client(spec.url, http_client=client, max_sse_event_size=LINE) as (reading, writing),
        ):
            yield TappedReader(reading, wire), TappedWriter(writing, wire)

    return transport()


@functools.cache
def certificates() -> ssl.SSLContext:
    """Whom to trust, for all connections: reading it takes some 50 ms, which belong into a thread."""
    import httpx2

    return httpx2.create_ssl_context()


def endpoint(spec: HttpSpec) -> httpx2.URL:
    """Where a server is, by its entry."""
    import httpx2

    return httpx2.URL(spec.url).copy_with(fragment=None)


def http_client(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None, ours: set[httpx2.URL]) -> httpx2.AsyncClient:
    """A client that sends the entry's headers to the server alone, and notes what the server answers.

    `ours` are the addresses of the server; more may be found. Signing in asks others, which neither our headers nor
    our errors are about.
    """
    import httpx2

    from mcp_tui.servers.http_tap import TappedClient

    async def prepare(request: httpx2.Request) -> None:
        if request.url in ours:
            request.headers.update(spec.headers)  # the user's win over the SDK's
            carried = CARRIED.get()
            if request.method == "GET" or (carried and carried.is_request):  # a stream of news may be silent for hours
                request.extensions = {**request.extensions, "timeout": {**_TIMEOUT, "read": None}}

    async def note(response: httpx2.Response) -> None:
        headers, url = response.headers, response.request.url
        if url not in ours:
            return
        if response.has_redirect_location and origin(further := url.join(headers["location"])) == origin(url):
            ours.add(further.copy_with(fragment=None))
        wire.http_answered(
            HttpAnswer(
                response.status_code,
                headers.get("content-type", "").lower(),
                headers.get("www-authenticate", ""),
            )
        )

    return TappedClient(
        wire.http_passed,
        headers=dict(spec.headers),
        auth=auth,
        verify=certificates(),
        timeout=httpx2.Timeout(**_TIMEOUT),
        event_hooks={"request": [prepare], "response": [note]},
    )


def origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
