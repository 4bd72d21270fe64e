"""The resources of one server that are watched. They outlive its connections: each new one is told of them again.

Until 2025-11-25 a resource is subscribed to by `resources/subscribe`; since 2026-07-28 a stream of changes is opened
for it (`subscriptions/listen`), which lasts as long as a task of ours reads it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from mcp_tui.domain.errors import RequestFailed, RequestTimedOut, ServerError
from mcp_tui.domain.happenings import Listener, WatchChanged
from mcp_tui.domain.watch import Watch
from mcp_tui.servers.callbacks import RELISTEN
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client

UPDATED = "notifications/resources/updated"
SUBSCRIBE_TIMEOUT = 10.0
"""Seconds for a server to agree to tell of changes."""


class Watching:
    """Which resources of a server are watched, and what it told of them."""

    def __init__(self, server: str, tell: Listener) -> None:
        self._server = server
        self._tell = tell
        self._watches: dict[str, Watch] = {}
        self._streams: dict[str, asyncio.Task[object]] = {}

    def of(self, uri: str) -> Watch | None:
        """How the watching of an address goes; None when it is not watched."""
        return self._watches.get(uri)

    async def begin(self, link: Link, uri: str) -> None:
        """Ask the server to tell of changes. Raises ServerError when it will not; then it is not watched."""
        if uri in self._watches:
            return
        self._put(Watch(uri))
        try:
            await self._subscribe(link, uri)
        except BaseException:
            self._forget(uri)
            raise

    async def end(self, link: Link | None, uri: str) -> None:
        """Watch it no more, and tell the server when there is one to tell. Raises nothing."""
        if uri not in self._watches:
            return
        self._forget(uri)
        if link is not None and not link.is_modern:
            with suppress(ServerError):  # whatever it says, nobody listens any more
                await _tell_legacy(link, "resources/unsubscribe", "unsubscribe_resource", uri)

    def resume(self, link: Link) -> None:
        """A new connection: ask for everything again that was watched before."""
        for uri, watch in list(self._watches.items()):
            self._put(replace(watch, gaps=watch.gaps + 1))
            link.start(self._resume(link, uri))

    def heard(self, params: object) -> None:
        """The server told of a change; the address may be one below the address that is watched."""
        told = cast(Mapping[str, object], params).get("uri") if isinstance(params, Mapping) else None
        for uri, watch in list(self._watches.items()):
            if isinstance(told, str) and (told == uri or told.startswith(uri.rstrip("/") + "/")):
                self._put(replace(watch, times=watch.times + 1, updated=time.time(), trouble=""))

    async def _resume(self, link: Link, uri: str) -> None:
        try:
            await self._subscribe(link, uri)
        except ServerError as error:
            self._trouble(uri, error.what)
        else:
            self._trouble(uri, "")

    async def _subscribe(self, link: Link, uri: str) -> None:
        if not link.is_modern:
            await _tell_legacy(link, "resources/subscribe", "subscribe_resource", uri)
            return
        agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        stream = self._streams[uri] = link.start(self._listen(link, uri, agreed))
        await asyncio.wait({agreed, stream}, timeout=SUBSCRIBE_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        if agreed.done():
            agreed.result()
            return
        stream.cancel()
        raise RequestTimedOut(f"{self._server} did not agree in time to tell of changes", subject=uri)

    async def _listen(self, link: Link, uri: str, agreed: asyncio.Future[None]) -> None:
        """Keep the stream open for as long as the connection lasts; `agreed` gets what came of the first attempt."""
        from mcp import MCPError
        from mcp.client.subscriptions import SubscriptionLost

        while True:
            trouble = "the stream of changes broke off"
            try:
                async with link.client.listen(resource_subscriptions=[uri]) as stream:
                    if uri not in (stream.honored.resource_subscriptions or ()):
                        raise MCPError(0, "it does not tell of changes of this resource")
                    if not agreed.done():
                        agreed.set_result(None)
                    self._trouble(uri, "")
                    async for _ in stream:
                        pass  # what it tells is heard on the wire
            except SubscriptionLost:
                pass
            except MCPError as error:
                trouble = error.message
                if not agreed.done():
                    agreed.set_exception(RequestFailed(f"{self._server}: {error.message}", subject=uri))
                    return
            self._trouble(uri, trouble)
            await asyncio.sleep(RELISTEN)

    def _put(self, watch: Watch) -> None:
        self._watches[watch.uri] = watch
        self._tell(WatchChanged(self._server, watch.uri))

    def _trouble(self, uri: str, words: str) -> None:
        watch = self._watches.get(uri)
        if watch is not None and watch.trouble != words:
            self._put(replace(watch, trouble=words))

    def _forget(self, uri: str) -> None:
        if stream := self._streams.pop(uri, None):
            stream.cancel()
        del self._watches[uri]
        self._tell(WatchChanged(self._server, uri))


async def _tell_legacy(link: Link, method: str, call: str, uri: str) -> None:
    async def send(client: Client) -> object:
        return await getattr(client, call)(uri)

    await link.request(method, send, SUBSCRIBE_TIMEOUT)
