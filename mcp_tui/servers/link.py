"""Requests over a live connection: answered raw, cancelled when it drops, failing in our own words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.errors import AuthNeeded, RequestFailed, RequestTimedOut, ServerError, ServerLost
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.text import human_time
from mcp_tui.servers.callbacks import Callbacks
from mcp_tui.servers.faults import CREDENTIALS, leaves
from mcp_tui.servers.relisting import Relisting
from mcp_tui.servers.wire import CAPTURE, Capture, Wire

if TYPE_CHECKING:
    from mcp import Client

CHECK_TIMEOUT = 1.0
"""Seconds for what the SDK does with a result that is already there."""
URL_FIRST = -32042
"""The error of a server that wants the person to go to an address first (MCP 2025-11-25, client/elicitation)."""
MAX_VISITS = 3
"""How often one request may ask for that."""
CALLS = ("tools/call", "prompts/get", "resources/read")
"""The requests in whose time a server may have something to ask."""
Send = Callable[["Client"], Coroutine[Any, Any, object]]


class Link:
    """A connected client, for as long as its connection lasts. Any task may send; only the owner drops."""

    def __init__(
        self, server: str, client: Client, wire: Wire, callbacks: Callbacks, person_is_at_it: Callable[[], bool]
    ) -> None:
        self.client = client
        self._server = server
        self._wire = wire
        self._callbacks = callbacks
        self._person_is_at_it = person_is_at_it
        self.is_dropped = False
        self.relisting = Relisting()
        self._tasks: set[asyncio.Task[object]] = set()

    async def request(self, method: str, send: Send, timeout: float | Patience | None = None) -> dict[str, Any]:
        """The raw result. Raises ServerError; a request that waits when the connection drops is ServerLost.

        `timeout` is in seconds, or a patience that may be granted more meanwhile; while a person answers a question or
        signs in, it starts anew. Cancelling the caller cancels the request and tells the server. One that was refused
        until the person goes to an address is sent again after they did.
        """
        patience = Patience(timeout) if isinstance(timeout, float | int) else timeout
        with self._callbacks.questions.call() if method in CALLS else nullcontext():
            return await self._requested(method, send, patience)

    async def _requested(self, method: str, send: Send, patience: Patience | None) -> dict[str, Any]:
        for _ in range(MAX_VISITS):
            try:
                return await self._request(method, send, patience)
            except RequestFailed as error:
                if error.code != URL_FIRST or not await self._visited(error.data):
                    raise
        return await self._request(method, send, patience)

    async def _request(self, method: str, send: Send, patience: Patience | None) -> dict[str, Any]:
        capture = Capture(method)
        context = copy_context()
        context.run(CAPTURE.set, capture)
        task = context.run(self.start, send(self.client))
        try:
            if not await self._settled(task, capture, patience):
                waited = human_time((patience and patience.seconds) or 0)
                hint = 'try again, or give it longer: "call_timeout" in its entry'
                raise RequestTimedOut(f"{self._server} did not answer within {waited}", subject=self._server, hint=hint)
            return self._outcome(task, capture)
        finally:
            self._wire.forget(capture)
            task.cancel()

    async def caught_up(self, timeout: float) -> None:
        """Until what the server offers was read since it last told that it changed. Raises ServerError."""
        if self.relisting.is_caught_up and not self.is_dropped:
            return
        reading = self.start(self.relisting.caught_up())
        try:
            if not (await asyncio.wait({reading}, timeout=timeout))[0]:
                raise RequestTimedOut(f"{self._server} has not said what it offers now", subject=self._server)
            if reading.cancelled():
                raise self._lost()
        finally:
            reading.cancel()

    async def _visited(self, data: object) -> bool:
        asking = self.start(self._callbacks.visit(data))
        try:
            await asyncio.wait({asking})
            if asking.cancelled():
                raise self._lost()
            return asking.result() is True
        finally:
            asking.cancel()

    @property
    def is_modern(self) -> bool:
        """Spoken to without a handshake, as since 2026-07-28."""
        return self.client.session.discover_result is not None

    @property
    def mirrors_arguments(self) -> bool:
        """Arguments whose schema says `x-mcp-header` travel as headers too: HTTP, since 2026-07-28."""
        return self._wire.http is not None and self.is_modern

    async def tell_roots_changed(self) -> None:
        """MCP, client/roots. Nobody answers; a connection that breaks meanwhile is told of by its owner."""
        announcement = self.client.send_roots_list_changed()  # pyright: ignore[reportDeprecated] (servers still use it)
        await asyncio.wait({self.start(announcement)})

    def start(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Run something that ends with the connection at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def drop(self) -> None:
        """The connection is gone: nobody may wait for it any more."""
        self.is_dropped = True
        for task in self._tasks:
            task.cancel()

    async def dropped(self) -> None:
        """Wait, within bounds, until all that was dropped has ended."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=0.2)

    async def _settled(self, task: asyncio.Task[object], capture: Capture, patience: Patience | None) -> bool:
        patience = patience or Patience()
        patience.begin()
        while not (task.done() or capture.arrived.done()):
            waited = {task, capture.arrived, patience.granted()}
            await asyncio.wait(waited, timeout=patience.left, return_when=asyncio.FIRST_COMPLETED)
            if patience.left != 0 or task.done() or capture.arrived.done():
                continue  # or more was granted
            if not self._person_is_at_it():
                return False
            patience.begin()
        # After a result the SDK checks it, which may mean to list the tools once more.
        if not task.done():
            await asyncio.wait({task}, timeout=CHECK_TIMEOUT)
        return True

    def _outcome(self, task: asyncio.Task[object], capture: Capture) -> dict[str, Any]:
        if capture.raw is not None and capture.arrived.done():
            # Even when the SDK dislikes its form: the user shall see it, and ours is the raw one anyway.
            return capture.raw
        if task.cancelled():
            raise self._lost()
        error = task.exception()
        if error is None:
            raise RequestFailed(f"{self._server} sent no result", subject=self._server)
        raise self._translated(leaves(error)[0], capture) from error

    def _translated(self, error: BaseException, capture: Capture) -> ServerError:
        from mcp import MCPError
        from mcp.types import CONNECTION_CLOSED, INVALID_REQUEST, REQUEST_TIMEOUT

        if not isinstance(error, MCPError):
            return RequestFailed(f"{self._server} gave an answer that is not MCP: {error}", subject=self._server)
        status = capture.http.status if capture.http else 0
        stream_broke = error.message.startswith("SSE stream")
        if error.code == CONNECTION_CLOSED and (stream_broke or not capture.refused):
            return self._lost()
        if status == 404 and error.code == INVALID_REQUEST:
            self._wire.lost.set()  # the server forgot our session: only a new connection helps
            return self._lost()
        if status in CREDENTIALS:
            hint = "give it an Authorization header in its entry"
            return AuthNeeded(f"{self._server} wants credentials (HTTP {status})", subject=self._server, hint=hint)
        if error.code == REQUEST_TIMEOUT and not capture.refused:
            return RequestTimedOut(f"{self._server} did not answer in time", subject=self._server)
        words = f"{error.message} (HTTP {status})" if status >= 400 else error.message
        return RequestFailed(words, subject=self._server, code=error.code, data=error.data)

    def _lost(self) -> ServerLost:
        hint = "it was not sent again; look at the server before you repeat it"
        return ServerLost(f"{self._server} went away before it answered", subject=self._server, hint=hint)

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # taken note of, or asyncio prints it when nobody waits any more


async def first(*events: asyncio.Event, timeout: float | None = None) -> None:
    """Wait until one of the events is set, or for `timeout` seconds."""
    waiters: list[asyncio.Task[Any]] = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiters, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
