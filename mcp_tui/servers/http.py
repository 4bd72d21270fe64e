"""Servers at an address: streamable HTTP, and the older HTTP+SSE (2024-11-05) for those that know nothing else.

What HTTP itself answers is noted on the wire, for the SDK tells of little more than success; http_tap.py records it.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.aside import aside
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.faults import HttpAnswer
from mcp_tui.servers.process import MAX_LINE
from mcp_tui.servers.taps import TappedReader, TappedWriter
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    import httpx2
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams

_TIMEOUT = {"connect": 30.0, "read": 300.0, "write": 30.0, "pool": 30.0}
"""Seconds; `read` is the silence between two bytes of a long answer."""


def http_transport(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None = None) -> Transport:
    """Streamable HTTP (MCP, basic/transports)."""
    from mcp.client.streamable_http import streamable_http_client

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        await aside(_certificates)
        async with (
            _client(spec, wire, auth) as client,
            streamable_http_client(spec.url, http_client=client, max_sse_event_size=MAX_LINE) as (reading, writing),
        ):
            yield TappedReader(reading, wire), TappedWriter(writing, wire)

    return transport()


def sse_transport(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None = None) -> Transport:
    """HTTP+SSE: one GET for all that comes in, a POST for each message out (MCP 2024-11-05, basic/transports)."""
    from mcp.client.sse import sse_client

    def client(*_: Any, **__: Any) -> httpx2.AsyncClient:
        return _client(spec, wire, auth, one_stream=True)

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        await aside(_certificates)
        async with sse_client(spec.url, httpx_client_factory=client) as (reading, writing):
            yield TappedReader(reading, wire), TappedWriter(writing, wire)

    return transport()


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, for all connections: reading it takes some 50 ms, which belong into a thread."""
    import httpx2

    return httpx2.create_ssl_context()


def _client(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None, *, one_stream: bool = False) -> httpx2.AsyncClient:
    """A client that sends the entry's headers to the server alone, and notes what the server answers."""
    import httpx2

    from mcp_tui.servers.http_tap import TappedClient

    endpoint = httpx2.URL(spec.url).copy_with(fragment=None)
    ours = {endpoint}
    """Where the server is. Signing in asks other addresses, which neither our headers nor our errors are about."""

    def is_ours(url: httpx2.URL) -> bool:
        # HTTP+SSE names the address for messages only on its stream; nobody signs in where the entry has headers.
        return url in ours or (one_stream and auth is None and _origin(url) == _origin(endpoint))

    async def prepare(request: httpx2.Request) -> None:
        if is_ours(request.url):
            request.headers.update(spec.headers)  # the user's win over the SDK's
            if request.method == "GET":  # a stream of news may be silent for hours
                request.extensions = {**request.extensions, "timeout": {**_TIMEOUT, "read": None}}

    async def note(response: httpx2.Response) -> None:
        headers, url = response.headers, response.request.url
        if not is_ours(url):
            return
        if response.has_redirect_location and _origin(further := url.join(headers["location"])) == _origin(endpoint):
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
        verify=_certificates(),
        timeout=httpx2.Timeout(**_TIMEOUT),
        event_hooks={"request": [prepare], "response": [note]},
    )


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
