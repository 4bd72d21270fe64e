"""One connection of a server, from the start of its program to the end of both, and why it ended.

Only the task that runs it enters and leaves `mcp.Client`, and its body only waits: the SDK may cancel it at any time
(a broken HTTP connection does). Requests come from other tasks, through the `Link`.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mcp_tui import __version__
from mcp_tui.domain.aside import aside
from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.domain.text import shorten
from mcp_tui.servers import convert, convert_tasks, probe, sdk, signing_in
from mcp_tui.servers.callbacks import VISITED
from mcp_tui.servers.faults import (
    HANDSHAKE,
    RUNNING,
    CannotStart,
    Fault,
    http_fault,
    leaves,
    no_answer,
    program_ended,
    refused,
)
from mcp_tui.servers.host import Authorizer
from mcp_tui.servers.link import Link, first
from mcp_tui.servers.process import HAS_GROUPS, ServerProcess
from mcp_tui.servers.signing_in import authorizer_for, hold
from mcp_tui.servers.transports import transport_for
from mcp_tui.servers.watching import UPDATED
from mcp_tui.servers.wire import CAPTURE, Capture, Wire

if TYPE_CHECKING:
    from mcp import Client
    from mcp.client import Transport

    from mcp_tui.servers.connection import Connection

GOODBYE = 0.3
"""Seconds for a polite end of the protocol (an HTTP session is deleted)."""
LAST_GASP = 0.05
"""Seconds in which a program that closed its output is mostly gone: then its end is told with its exit code at once."""

BROKE_OFF = Fault("The connection broke off.", "lost", RUNNING)


class Attempt:
    """Program, wire and link of one connection. Run it once; it ends by itself, or when `stopping` is set."""

    def __init__(self, server: Connection, stopping: asyncio.Event) -> None:
        self.began = time.monotonic()
        self.ready_since: float | None = None
        """None until the handshake came about."""
        self.process: ServerProcess | None = None
        self.link: Link | None = None
        """For requests, while it is not dropped."""
        self.wire = Wire(server.spec.name, server.host.trace, server.chatter, server.bounds)
        self.wire.notices[convert_tasks.STATUS] = server.callbacks.hear_of_task
        self.wire.notices[VISITED] = server.callbacks.hear_of_visit
        self.wire.notices[UPDATED] = server.watching.heard
        self._server = server
        self._spec = server.spec
        self._stopping = stopping
        self._authorizer: Authorizer | None = None

    @property
    def is_unanswered(self) -> bool:
        """It sent something and got no message at all."""
        return self.wire.asked and not self.wire.answered

    async def run(self) -> Fault:
        """Connect, be ready until the end, and leave nothing behind."""
        error: BaseException | None = None
        try:
            if isinstance(self._spec, StdioSpec) and HAS_GROUPS:
                self.process = await ServerProcess.start(self._spec, self._server.chatter.hear)
            await aside(sdk.load)
            await self._converse()
        except CannotStart as failure:
            return failure.fault
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        except (Exception, BaseExceptionGroup) as failure:
            # A boundary: whatever the SDK, its task groups or a socket raises ends this attempt, and is explained.
            error = failure
        finally:
            await self._hang_up()
            if self.process is not None:
                await self._let_exit(self.process)
                await self.process.end()
        return self._explain(error)

    async def _converse(self) -> None:
        from mcp import Client
        from mcp.types import Implementation

        handshake = Capture("initialize", "server/discover")
        CAPTURE.set(handshake)
        self._authorizer = authorizer_for(self._spec, self._server.host)
        mode = self._server.way.mode
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._spec.connect_timeout) as deadline:
            holding = asyncio.create_task(hold(deadline, self._authorizer, self._signing_in))
            try:
                async with Client(
                    self._transport(),
                    client_info=Implementation(name="mcp-tui", version=__version__),
                    mode=mode,
                    cache=None,
                    **self._server.callbacks.options(),
                ) as client:
                    if mode not in ("auto", "legacy"):
                        await _discover(client, mode)
                    deadline.reschedule(None)
                    await self._serve(client, handshake)
                    deadline.reschedule(loop.time() + GOODBYE)
            finally:
                holding.cancel()

    def _signing_in(self, begins: bool) -> None:
        if self.link is None:
            waiting = signing_in.WAITING if begins else None
            self._server.enter(ServerState.CONNECTING, waiting, self._server.status.attempts)

    def _person_is_at_it(self) -> bool:
        """Somebody answers a question or signs in: that time is no server's fault."""
        questions = self._server.callbacks.questions
        return len(questions) > 0 or (self._authorizer is not None and self._authorizer.waiting)

    def _transport(self) -> Transport:
        auth = self._authorizer.httpx_auth() if self._authorizer else None
        way, hear = self._server.way, self._server.chatter.hear
        transport = transport_for(self._spec, self.wire, self.process, hear, auth, sse=way.sse)
        if way.mode != "auto":
            return transport
        return probe.bounded(transport, self.wire, self._spec.connect_timeout, self._person_is_at_it)

    async def _serve(self, client: Client, handshake: Capture) -> None:
        """Be ready until the connection or the wish for it ends."""
        server = self._server
        link = Link(self._spec.name, client, self.wire, server.callbacks, self._person_is_at_it)
        self.link = link
        self.ready_since = time.monotonic()
        info = convert.server_info(client, handshake.raw or {}, self.process.pid if self.process else None)
        server.way.works(info.era, self.wire.probe is not None)
        server.became_ready(info)
        link.start(server.keep_listed(link))
        link.start(server.loudness.renew(link, server.chatter.note))
        server.watching.resume(link)
        if info.era == "modern":
            link.start(server.callbacks.listen(client))
        try:
            await first(self._stopping, self.wire.lost)
            link.drop()
            if self.process is not None:
                await first(self._stopping, self.process.exited, timeout=LAST_GASP)
        finally:
            link.drop()
            if not self._stopping.is_set():  # at once; with its exit code when that is known
                ended = self.process is not None and self.process.exit_code is not None
                server.enter(ServerState.LOST, self._explain(None) if ended else BROKE_OFF)

    async def _hang_up(self) -> None:
        if self.link is not None:
            self.link.drop()
            await self.link.dropped()
            self.link = None

    async def _let_exit(self, process: ServerProcess) -> None:
        """A program that closed its output is mostly just ending: wait a moment for its exit code."""
        if self.wire.lost.is_set() and not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(process.exited.wait(), 0.5)

    def _explain(self, error: BaseException | None) -> Fault:
        was_ready = self.ready_since is not None
        phase = RUNNING if was_ready else HANDSHAKE
        leaf = leaves(error)[0] if error is not None else None
        if isinstance(leaf, TimeoutError) and not was_ready:
            return no_answer(self._spec, phase, self._spec.connect_timeout)
        if not isinstance(self._spec, StdioSpec):
            if leaf is None and was_ready:
                return BROKE_OFF
            return http_fault(self._spec, phase, None if was_ready else self.wire.http, leaf)
        if self.process is not None and self.wire.lost.is_set():
            return program_ended(self.process, phase, shorten(self._server.chatter.last_words, 200))
        return refused(phase, leaf)


async def _discover(client: Client, version: str) -> None:
    """Ask a server of the modern era what it offers: with a version given, the SDK asks nothing by itself."""
    from mcp.types import DiscoverResult

    client.session.adopt(DiscoverResult.model_validate(await client.session.send_discover(version)))
