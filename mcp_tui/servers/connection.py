"""One server: the task that owns its connection, from the start of its program to the end of it.

    off, needs consent ──start()──> connecting ──> ready, degraded ──> lost ──> connecting …
                                        │                                └─ too often ─> failed
                                        └──> failed

Only the owner enters and leaves `mcp.Client`, and its body only waits: the SDK may cancel it at any time (a broken
HTTP connection does). Requests come from other tasks, through the `Link`.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mcp_tui import __version__
from mcp_tui.domain.aside import aside
from mcp_tui.domain.catalog import Catalog, Kind
from mcp_tui.domain.errors import AuthNeeded, ServerError, ServerUnreachable
from mcp_tui.domain.happenings import CatalogChanged, Logged, ServerChanged
from mcp_tui.domain.servers import ServerInfo, ServerSpec, ServerState, ServerStatus, StdioSpec
from mcp_tui.domain.text import shorten
from mcp_tui.domain.vitals import Vitals
from mcp_tui.servers import convert, probe, sdk, signing_in, tasks
from mcp_tui.servers.bounds import Bounds
from mcp_tui.servers.callbacks import VISITED, Callbacks
from mcp_tui.servers.chatter import Chatter
from mcp_tui.servers.faults import (
    AUTHORIZATION,
    CannotStart,
    Fault,
    http_fault,
    leaves,
    no_answer,
    program_ended,
    refused,
)
from mcp_tui.servers.host import Authorizer, Host
from mcp_tui.servers.link import Link, first
from mcp_tui.servers.listing import list_all
from mcp_tui.servers.loudness import Loudness
from mcp_tui.servers.process import HAS_GROUPS, ServerProcess
from mcp_tui.servers.pulse import Pulse
from mcp_tui.servers.signing_in import authorizer_for, hold
from mcp_tui.servers.transports import transport_for
from mcp_tui.servers.watching import UPDATED, Watching
from mcp_tui.servers.way import Way
from mcp_tui.servers.wire import CAPTURE, Capture, Wire

if TYPE_CHECKING:
    from mcp import Client
    from mcp.client import Transport

BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each new attempt, ±20 % so that servers that fell together do not return together."""
MAX_ATTEMPTS = 6
"""After that many failed attempts to get a lost server back it counts as failed."""
STEADY = 5.0
"""Seconds of being ready after which earlier attempts are forgotten."""
GOODBYE = 0.3
"""Seconds for a polite end of the protocol (an HTTP session is deleted)."""
LAST_GASP = 0.05
"""Seconds in which a program that closed its output is mostly gone: then its end is told with its exit code at once."""
COALESCE = 0.1
"""Seconds in which several notices of a changed list become one."""

BROKE_OFF = Fault("The connection broke off.", "lost", "running")


class Connection:
    """One server's state, and the owner task behind it."""

    def __init__(self, spec: ServerSpec, host: Host, watching: Watching | None = None) -> None:
        """`watching`: what was watched by way of the entry that this one takes the place of."""
        self.spec = spec
        self.status = ServerStatus(ServerState.OFF, since=time.time())
        self.info: ServerInfo | None = None
        self.catalog = Catalog(spec.name)
        self.settled = asyncio.Event()
        """Ready with its catalogue listed, or not to be expected."""
        self.chatter = Chatter(spec.name, host.tell)
        self.bounds = Bounds(spec.name, host.tell)
        self.watching = watching or Watching(spec.name, host.tell)
        self.loudness = Loudness(spec.log_level)
        self._pulse = Pulse()
        self._host = host
        self._tell = host.tell
        self.callbacks = Callbacks(spec.name, host, self.bounds, self._offer_changed)
        self._turning = asyncio.Lock()
        """One start or stop at a time, however fast somebody presses the key."""
        self._closed = False
        self._stopping = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None
        self._process: ServerProcess | None = None
        self._link: Link | None = None
        self._authorizer: Authorizer | None = None
        self._way = Way(spec, host.eras)
        self._unanswered = False
        """The last attempt sent something and got no message at all."""
        self._began = 0.0
        self._ready_since: float | None = None
        self.settled.set()

    def rest(self, state: ServerState) -> None:
        """Be known without being started: OFF or CONSENT."""
        self._enter(state)

    def start(self) -> None:
        """Begin connecting, unless it runs already or is closed for good."""
        if self._owner is None and not self._closed:
            self._stopping = asyncio.Event()
            self.settled.clear()
            self._owner = asyncio.create_task(self._own(), name=f"server {self.spec.name}")

    async def restart(self) -> None:
        """End the connection, if any, and begin anew."""
        async with self._turning:
            await self._stop(ServerState.STOPPED)
            self.start()

    async def stop(self, state: ServerState = ServerState.STOPPED) -> None:
        """End the connection and the program. Takes at most about a second, whatever the server does."""
        async with self._turning:
            await self._stop(state)

    async def close(self) -> None:
        """Stop for good."""
        self._closed = True
        await self.stop()

    async def _stop(self, state: ServerState) -> None:
        self._stopping.set()
        owner, self._owner = self._owner, None
        if owner is not None:
            if self._link is None:
                owner.cancel()
            else:
                self._link.drop()
                if self._process is not None:
                    # The program's own end need not wait for the protocol's.
                    ending = asyncio.ensure_future(self._process.end())
                    ending.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.wait({owner}, timeout=1.0)
            if not owner.done():
                owner.cancel()
                await asyncio.wait({owner}, timeout=0.2)
        if self._process is not None:
            await self._process.end()
        self._enter(state)

    def kill(self) -> None:
        """End the program at once: the last resort when even stopping was interrupted."""
        if self._process is not None:
            self._process.kill()

    def link(self) -> Link:
        """The live connection. Raises ServerUnreachable, naming the state and its reason."""
        if self._link is not None and not self._link.is_dropped:
            return self._link
        status = self.status
        kind = AuthNeeded if status.phase == AUTHORIZATION else ServerUnreachable
        why = f": {status.reason}" if status.reason else ""
        name = self.spec.name
        raise kind(f"{name} is not ready, it is {status.state.value}{why}", subject=name, hint=status.hint)

    def vitals(self) -> Vitals:
        """How it does, measured on its wire."""
        is_up = self._link is not None and not self._link.is_dropped and self._ready_since is not None
        uptime = time.monotonic() - self._ready_since if is_up and self._ready_since is not None else None
        pulse = self._pulse
        return Vitals(pulse.handshake, pulse.latency, pulse.latest, uptime, pulse.offered)

    async def refresh(self) -> None:
        """List everything again, and publish it. Raises ServerUnreachable and ServerLost."""
        await self._list(self.link())

    async def roots_changed(self) -> None:
        """Tell the server, if it is one that listens to that."""
        if self._link is not None and not self._link.is_dropped and self.info and self.info.era == "legacy":
            await self._link.tell_roots_changed()

    # -- the owner -------------------------------------------------------------------------------------

    async def _own(self) -> None:
        attempts, had_been_ready = 0, False
        while not self._stopping.is_set():
            attempts += 1
            self._began = time.monotonic()
            self._ready_since = None
            self._enter(ServerState.CONNECTING, attempts=attempts)
            fault = await self._attempt()
            if self._stopping.is_set():
                return
            if self._way.another(fault, self._unanswered):
                attempts = 0
                continue
            fault = self._way.told(fault)
            if self._ready_since is not None:
                had_been_ready = True
                attempts = 0 if time.monotonic() - self._ready_since >= STEADY else attempts
            lasted = time.monotonic() - self._began
            hopeless = fault.phase in ("start", AUTHORIZATION)
            if not had_been_ready or hopeless or attempts >= MAX_ATTEMPTS:
                self._enter(ServerState.FAILED, fault, attempts, lasted)
                return
            self._enter(ServerState.LOST, fault, attempts, lasted)
            self.chatter.note(f"{fault.reason} {fault.hint}".rstrip())  # for it may be back before anybody looks
            delay = BACKOFF[min(attempts, len(BACKOFF) - 1)] * random.uniform(0.8, 1.2)
            await first(self._stopping, timeout=delay)

    async def _attempt(self) -> Fault:
        """One connection from its start to its end, and why it ended."""
        self._process = None
        wire = Wire(self.spec.name, self._host.trace, self.chatter, self.bounds)
        wire.notices[tasks.STATUS] = self.callbacks.hear_of_task
        wire.notices[VISITED] = self.callbacks.hear_of_visit
        wire.notices[UPDATED] = self.watching.heard
        self._pulse = wire.pulse
        error: BaseException | None = None
        try:
            if isinstance(self.spec, StdioSpec) and HAS_GROUPS:
                self._process = await ServerProcess.start(self.spec, self.chatter.hear)
            await aside(sdk.load)
            await self._converse(wire)
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
            if self._process is not None:
                await self._let_exit(self._process, wire)
                await self._process.end()
        self._unanswered = wire.asked and not wire.answered
        return self._explain(wire, error)

    async def _converse(self, wire: Wire) -> None:
        from mcp import Client
        from mcp.types import Implementation

        handshake = Capture("initialize", "server/discover")
        CAPTURE.set(handshake)
        self._authorizer = authorizer_for(self.spec, self._host)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.spec.connect_timeout) as deadline:
            holding = asyncio.create_task(hold(deadline, self._authorizer, self._signing_in))
            try:
                async with Client(
                    self._transport(wire),
                    client_info=Implementation(name="mcp-tui", version=__version__),
                    mode=self._way.mode,
                    cache=None,
                    **self.callbacks.options(),
                ) as client:
                    if self._way.mode not in ("auto", "legacy"):
                        await _discover(client, self._way.mode)
                    deadline.reschedule(None)
                    await self._serve(client, wire, handshake)
                    deadline.reschedule(loop.time() + GOODBYE)
            finally:
                holding.cancel()

    def _signing_in(self, begins: bool) -> None:
        if self._link is None:
            self._enter(ServerState.CONNECTING, signing_in.WAITING if begins else None, self.status.attempts)

    def _person_is_at_it(self) -> bool:
        """Somebody answers a question or signs in: that time is no server's fault."""
        return len(self.callbacks.questions) > 0 or (self._authorizer is not None and self._authorizer.waiting)

    async def _serve(self, client: Client, wire: Wire, handshake: Capture) -> None:
        """Be ready until the connection or the wish for it ends."""
        link = Link(self.spec.name, client, wire, self.callbacks, self._person_is_at_it)
        self._link = link
        self._ready_since = time.monotonic()
        pid = self._process.pid if self._process else None
        self.info = convert.server_info(client, handshake.raw or {}, pid)
        self._way.works(self.info.era, wire.probe is not None)
        self._enter(ServerState.READY)
        link.start(self._keep_listed(link))
        link.start(self.loudness.renew(link, self.chatter.note))
        self.watching.resume(link)
        if self.info.era == "modern":
            link.start(self.callbacks.listen(client))
        try:
            await first(self._stopping, wire.lost)
            link.drop()
            if self._process is not None:
                await first(self._stopping, self._process.exited, timeout=LAST_GASP)
        finally:
            link.drop()
            if not self._stopping.is_set():  # at once; with its exit code when that is known
                ended = self._process is not None and self._process.exit_code is not None
                self._enter(ServerState.LOST, self._explain(wire, None) if ended else BROKE_OFF)

    def _transport(self, wire: Wire) -> Transport:
        auth = self._authorizer.httpx_auth() if self._authorizer else None
        transport = transport_for(self.spec, wire, self._process, self.chatter.hear, auth, sse=self._way.sse)
        if self._way.mode != "auto":
            return transport
        return probe.bounded(transport, wire, self.spec.connect_timeout, self._person_is_at_it)

    async def _hang_up(self) -> None:
        if self._link is not None:
            self._link.drop()
            await self._link.dropped()
            self._link = None

    async def _let_exit(self, process: ServerProcess, wire: Wire) -> None:
        """A program that closed its output is mostly just ending: wait a moment for its exit code."""
        if wire.lost.is_set() and not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(process.exited.wait(), 0.5)

    # -- the catalogue ---------------------------------------------------------------------------------

    def _offer_changed(self) -> None:
        if self._link is not None:
            self._link.relisting.ask()

    async def _keep_listed(self, link: Link) -> None:
        while True:
            link.relisting.begin()
            with suppress(ServerError):  # only when the connection is lost, which the owner tells
                await self._list(link)
                link.relisting.end()
            await link.relisting.asked()
            await asyncio.sleep(COALESCE)

    async def _list(self, link: Link) -> None:
        catalog = await list_all(self.spec.name, link)
        if self._link is not link:
            return
        for kind in Kind:
            if (note := catalog[kind].note) and note != self.catalog[kind].note:
                words = f"{self.spec.name}: the list of {kind.group.lower()}: {note}"
                self._tell(Logged(time.time(), "mcp-tui", "warning", words))
        self.catalog = catalog
        failed = [kind for kind in Kind if catalog[kind].error]
        if failed:
            words = f"Its list of {failed[0].group.lower()} could not be read: {catalog[failed[0]].error}"
            fault = Fault(words, "list failed", f"list {failed[0].group.lower()}", "Press r to connect again.")
            self._enter(ServerState.DEGRADED, fault)
        elif self.status.state is not ServerState.READY:
            self._enter(ServerState.READY)
        self.settled.set()
        self._tell(CatalogChanged(self.spec.name))

    # -- the status ------------------------------------------------------------------------------------

    def _explain(self, wire: Wire, error: BaseException | None) -> Fault:
        phase = "running" if self._ready_since is not None else "first handshake"
        leaf = leaves(error)[0] if error is not None else None
        if isinstance(leaf, TimeoutError) and self._ready_since is None:
            return no_answer(self.spec, phase, self.spec.connect_timeout)
        if not isinstance(self.spec, StdioSpec):
            if leaf is None and self._ready_since is not None:
                return BROKE_OFF
            answer = wire.http if self._ready_since is None else None
            return http_fault(self.spec, phase, answer, leaf)
        if self._process is not None and wire.lost.is_set():
            return program_ended(self._process, phase, shorten(self.chatter.last_words, 200))
        return refused(phase, leaf)

    def _enter(
        self, state: ServerState, fault: Fault | None = None, attempts: int = 0, lasted: float | None = None
    ) -> None:
        self.status = ServerStatus(
            state,
            reason=fault.reason if fault else "",
            short=fault.short if fault else "",
            phase=fault.phase if fault else "",
            exit_code=fault.exit_code if fault else None,
            hint=self._hint(fault),
            attempts=attempts,
            since=time.time(),
            lasted=lasted,
        )
        if state in (ServerState.CONNECTING, ServerState.LOST):
            self.settled.clear()
        elif state is not ServerState.READY:
            self.settled.set()
        self._tell(ServerChanged(self.spec.name))

    def _hint(self, fault: Fault | None) -> str:
        if fault is None:
            return ""
        missing = ", ".join(self.spec.missing)
        return f"Not set in the environment: {missing}. {fault.hint}" if missing else fault.hint


async def _discover(client: Client, version: str) -> None:
    """Ask a server of the modern era what it offers: with a version given, the SDK asks nothing by itself."""
    from mcp.types import DiscoverResult

    client.session.adopt(DiscoverResult.model_validate(await client.session.send_discover(version)))
