"""The way out for what signing in asks: to the address that was judged, one redirect at a time, in small answers.

These requests have a client of their own: nothing of the server's entry, its cookies or headers, goes with them.
"""

from __future__ import annotations

import functools
import ssl
import urllib.request
from urllib.parse import urlsplit

import httpx2

from mcp_tui.domain.aside import aside
from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.servers.auth.addresses import Addresses
from mcp_tui.servers.auth.journal import Journal
from mcp_tui.servers.http_tap import TappedClient

TIMEOUT = 15.0
"""Seconds for each part of a request."""
MAX_ANSWER = 1 << 20
"""Bytes; metadata and tokens are a few thousand."""


class Egress:
    """Sends requests that a sign-in needs. Each one is judged, goes to the very address that was judged, and is
    written down."""

    def __init__(self, server: str, addresses: Addresses, journal: Journal) -> None:
        self._server = server
        self._addresses = addresses
        self._journal = journal

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """The whole answer; a redirect is an answer like any other. Raises AuthNeeded and httpx2.HTTPError."""
        security = await aside(_security)
        transport = None if _proxied(request.url) else _Pinned(self._addresses, security)
        if transport is None:  # the proxy looks up the host, and is the user's own choice
            await self._addresses.allow(str(request.url))
        async with TappedClient(
            transport=transport, timeout=TIMEOUT, follow_redirects=False, verify=security
        ) as client:
            answer = await client.send(request, stream=True)
            try:
                whole = await self._read(answer)
            finally:
                await answer.aclose()
        self._journal.answered(request, whole)
        return whole

    async def _read(self, answer: httpx2.Response) -> httpx2.Response:
        content = bytearray()
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > MAX_ANSWER:
                raise AuthNeeded(f"{answer.request.url} answers without an end", subject=self._server)
        kept = [(name, value) for name, value in answer.headers.multi_items() if name not in _FRAMING]
        whole = httpx2.Response(answer.status_code, headers=kept, content=bytes(content), request=answer.request)
        whole.next_request = answer.next_request
        return whole


_FRAMING = ("content-encoding", "content-length", "transfer-encoding")
"""Headers about the form in which a body travelled."""


class _Pinned(httpx2.AsyncBaseTransport):
    """Connects to the IP address that was judged: a name that means another one a moment later gains nothing."""

    def __init__(self, addresses: Addresses, security: ssl.SSLContext) -> None:
        self._addresses = addresses
        self._inner = httpx2.AsyncHTTPTransport(verify=security)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        address = await self._addresses.resolve(str(request.url))
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,  # with the Host that was meant
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()


@functools.cache
def _security() -> ssl.SSLContext:
    """Made once: to read all certificates takes tens of milliseconds."""
    return httpx2.create_ssl_context()


def _proxied(url: httpx2.URL) -> bool:
    """Whether the environment sends requests to this address through a proxy."""
    proxies = urllib.request.getproxies()
    named = any(proxies.get(scheme) for scheme in (url.scheme, "all"))
    return named and not urllib.request.proxy_bypass(urlsplit(str(url)).netloc)
